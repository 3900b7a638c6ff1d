import { fromFloat16, toFloat16 } from './float16.ts';

const firstBytes = 1_024;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Little-endian bytes, written one after the other into memory that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(firstBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The low `count` bytes of a whole number, up to 6. */
  fixed(value: number, count: number): void {
    this.#reserve(count);
    let rest = value;
    for (let left = count; left > 0; left--) {
      this.#bytes[this.#length++] = rest;
      // Bits as long as they are 32, which is quicker.
      rest = rest < 2 ** 31 ? rest >> 8 : Math.floor(rest / 256);
    }
  }

  /** A whole number from 0 to 2⁵³−1, seven bits a byte, the lowest first. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number of either sign, small ones short: 0, −1, 1, −2, … */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  float16(value: number): void {
    this.fixed(toFloat16(value), 2);
  }

  float64(value: number): void {
    this.raw(new Uint8Array(Float64Array.of(value).buffer));
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** UTF-8 after its length. */
  text(value: string): void {
    const bytes = encoder.encode(value);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** What was written, until more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew, in the same memory. */
  clear(): void {
    this.#length = 0;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what a `ByteWriter` wrote. Throws at the end of the bytes, for numbers beyond 2⁵³−1 and for text that is no UTF-8. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  fixed(count: number): number {
    this.#need(count);
    let value = 0;
    for (let at = count - 1; at >= 0; at--) value = value * 256 + this.#bytes[this.#at + at];
    this.#at += count;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.fixed(1);
      value += (byte & 127) * scale;
      if (!Number.isSafeInteger(value)) throw new RangeError('a number beyond 2^53');
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float16(): number {
    return fromFloat16(this.fixed(2));
  }

  float64(): number {
    return new Float64Array(this.raw(8).slice().buffer)[0];
  }

  /** A view, not a copy. */
  raw(count: number): Uint8Array {
    this.#need(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  text(): string {
    return decoder.decode(this.raw(this.varint()));
  }

  #need(count: number): void {
    if (count > this.left) throw new RangeError(`${count} bytes wanted, ${this.left} left`);
  }
}
