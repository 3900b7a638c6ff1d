const [minus, plus, colon, dollar, star, cr, zero, nine] = [...'-+:$*\r09'].map((sign) => sign.charCodeAt(0));

/** The rest of a reply has not come yet; what was read of it is to be read again. */
export class ReplyIncomplete extends Error {}

const incomplete = new ReplyIncomplete('the reply goes on');

/**
 * Takes Redis's replies (RESP2) from bytes. Each call reads one and goes on behind it; `ReplyIncomplete` where the bytes end before it does, and any
 * other error where it is not what was asked for: then nobody knows where the next one begins.
 */
export class ReplyReader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isOver(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The text of an error reply; null when the next reply is none. */
  error(): string | null {
    return this.bytes[this.at] === minus ? this.#line() : null;
  }

  /** `+OK` and its like. */
  status(): string {
    if (this.bytes[this.at] !== plus) throw this.#unexpected();
    return this.#line();
  }

  integer(): number {
    return this.#head(colon);
  }

  /** How many replies follow that belong to this one. */
  array(): number {
    return this.#head(star);
  }

  /** Length of the bytes that begin at `at`, −1 for none. They are all here; `skip` goes behind them. */
  bulk(): number {
    const from = this.at;
    const length = this.#head(dollar);
    if (length < 0 || this.at + length + 2 <= this.bytes.length) return length;
    this.at = from;
    throw incomplete;
  }

  skip(length: number): void {
    this.at += length + 2;
  }

  text(): string | null {
    const length = this.bulk();
    if (length < 0) return null;
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.skip(length);
    return text;
  }

  texts(): (string | null)[] {
    const texts: (string | null)[] = [];
    for (let left = this.array(); left > 0; left--) texts.push(this.text());
    return texts;
  }

  #head(kind: number): number {
    const { bytes } = this;
    let { at } = this;
    if (at >= bytes.length) throw incomplete;
    if (bytes[at++] !== kind) throw this.#unexpected();
    const isNegative = bytes[at] === minus;
    if (isNegative) at++;
    let value = 0;
    for (; at < bytes.length && bytes[at] !== cr; at++) {
      if (bytes[at] < zero || bytes[at] > nine) throw this.#unexpected();
      value = value * 10 + bytes[at] - zero;
    }
    if (at + 2 > bytes.length) throw incomplete;
    this.at = at + 2;
    return isNegative ? -value : value;
  }

  #line(): string {
    const end = this.bytes.indexOf('\r\n', this.at, 'latin1');
    if (end === -1) throw incomplete;
    const text = this.bytes.toString('utf8', this.at + 1, end);
    this.at = end + 2;
    return text;
  }

  #unexpected(): Error {
    const kind = String.fromCharCode(this.bytes[this.at]);
    return new Error(`Redis sent a reply of another kind: ${JSON.stringify(kind)}`);
  }
}
