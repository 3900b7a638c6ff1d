import { fallbackReasons, fallbackRungs, outcomes } from './answer.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';
import { tracks } from './plan.ts';
import type { Receipt, ReceiptBuild, ReceiptHead } from './receipt.ts';

/** Format 1 had no hashes of lists, 2 no times of the work; such batches may still wait on somebody's disk. */
const format = 3;
const formatWithHashes = 2;
const formatOldest = 1;
const hashBytes = 6;
/** Bits of a receipt's first byte above outcome (two) and track (one). */
const repeating = 8;
const withHistory = 16;
const withWork = 32;
const latencySteps = 10;

/**
 * Gathers receipts as bytes. Builds are known late (a manifest may have to be read), so receipts name the place of their version and the builds
 * are written when the batch is sealed.
 */
export class ReceiptBatchWriter {
  readonly #receipts = new ByteWriter();
  readonly #versions: (string | null)[] = [];
  readonly #baseMs: number;
  #count = 0;

  /** `baseMs`: times are written relative to it. */
  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  get count(): number {
    return this.#count;
  }

  get versions(): readonly (string | null)[] {
    return this.#versions;
  }

  add(head: ReceiptHead, modelVersion: string | null, body: Uint8Array): void {
    const out = this.#receipts;
    const { repeats, history, workMs } = head;
    out.raw(uuidBytes(head.requestId));
    out.varint(head.userId);
    out.signed(head.timeMs - this.#baseMs);
    out.fixed(
      outcomes.indexOf(head.outcome) |
        (tracks.indexOf(head.track) << 2) |
        (repeats === null ? 0 : repeating) |
        (history === null ? 0 : withHistory) |
        (workMs === null ? 0 : withWork),
      1,
    );
    out.fixed(placeOf(fallbackRungs, head.rung) | (placeOf(fallbackReasons, head.reason) << 3), 1);
    out.varint(this.#placeOfVersion(modelVersion));
    out.varint(tenths(head.latencyMs));
    if (workMs !== null) out.varint(tenths(workMs));
    out.varint(head.shown);
    out.fixed(head.listHash ?? 0, hashBytes);
    if (repeats !== null) out.raw(uuidBytes(repeats));
    if (history !== null) {
      out.varint(history.items);
      out.varint(history.version);
    }
    out.varint(body.length);
    out.raw(body);
    this.#count++;
  }

  /** The whole batch; `builds` in the order of `versions`. */
  seal(builds: readonly ReceiptBuild[]): Uint8Array {
    const out = new ByteWriter();
    out.fixed(format, 1);
    out.fixed(this.#baseMs, 6);
    out.varint(builds.length);
    for (const { modelVersion, dataVersion, commit } of builds) {
      out.text(modelVersion ?? '');
      out.text(dataVersion);
      out.text(commit);
    }
    out.varint(this.#count);
    out.raw(this.#receipts.bytes());
    return out.bytes();
  }

  #placeOfVersion(version: string | null): number {
    const place = this.#versions.indexOf(version);
    return place === -1 ? this.#versions.push(version) - 1 : place;
  }
}

/** Throws for bytes that are no batch; a body is not looked into. */
export function decodeReceiptBatch(bytes: Uint8Array): Receipt[] {
  const from = new ByteReader(bytes);
  const found = from.fixed(1);
  if (found > format || found < formatOldest)
    throw new RangeError(`receipts of format ${found}, this program knows ${format}`);
  const baseMs = from.fixed(6);
  const builds: ReceiptBuild[] = [];
  for (let left = from.varint(); left > 0; left--) {
    builds.push({ modelVersion: from.text() || null, dataVersion: from.text(), commit: from.text() });
  }
  const receipts: Receipt[] = [];
  for (let left = from.varint(); left > 0; left--) receipts.push(readReceipt(from, { baseMs, builds, found }));
  if (from.left > 0) throw new RangeError(`${from.left} bytes too many`);
  return receipts;
}

interface BatchHead {
  baseMs: number;
  builds: ReceiptBuild[];
  /** Format. */
  found: number;
}

function readReceipt(from: ByteReader, { baseMs, builds, found }: BatchHead): Receipt {
  const requestId = uuidText(from.raw(16));
  const userId = from.varint();
  const timeMs = baseMs + from.signed();
  const flags = from.fixed(1);
  const why = from.fixed(1);
  const build = at(builds, from.varint());
  const latencyMs = from.varint() / latencySteps;
  const workMs = flags & withWork ? from.varint() / latencySteps : null;
  const shown = from.varint();
  const listHash = found >= formatWithHashes ? from.fixed(hashBytes) || null : null;
  const repeats = flags & repeating ? uuidText(from.raw(16)) : null;
  const history = flags & withHistory ? { items: from.varint(), version: from.varint() } : null;
  const body = from.raw(from.varint());
  const [outcome, track] = [at(outcomes, flags & 3), at(tracks, (flags >> 2) & 1)];
  const [rung, reason] = [valueAt(fallbackRungs, why & 7), valueAt(fallbackReasons, why >> 3)];
  const answer = { requestId, userId, timeMs, latencyMs, workMs, shown, listHash };
  return { ...answer, track, outcome, rung, reason, repeats, history, build, body };
}

const tenths = (ms: number): number => Math.max(0, Math.round(ms * latencySteps));

/** One more than the place, 0 for none. */
const placeOf = <T>(list: readonly T[], value: T | null): number => (value === null ? 0 : list.indexOf(value) + 1);
const valueAt = <T>(list: readonly T[], place: number): T | null => (place === 0 ? null : at(list, place - 1));

function at<T>(list: readonly T[], place: number): T {
  if (place >= list.length) throw new RangeError(`place ${place} of ${list.length}`);
  return list[place];
}

/** The 16 bytes of a UUID in its text form. */
export function uuidBytes(uuid: string): Uint8Array {
  const bytes = new Uint8Array(16);
  let place = 0;
  for (let i = 0; i + 1 < uuid.length && place < 16; i += 2) {
    if (uuid.charCodeAt(i) === 0x2d) i++;
    bytes[place++] = (digit(uuid.charCodeAt(i)) << 4) | digit(uuid.charCodeAt(i + 1));
  }
  return bytes;
}

/** Of 0-9, a-f and A-F. */
const digit = (code: number): number => (code & 15) + (code > 57 ? 9 : 0);

const digitCodes = [...'0123456789abcdef'].map((sign) => sign.charCodeAt(0));
/** Where the two digits of each byte stand. */
const digitPlaces = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
/** Written anew by each call: texts joined of texts take eight times as long, and leave them to collect. */
const codes = Array.from('00000000-0000-0000-0000-000000000000', (sign) => sign.charCodeAt(0));

export function uuidText(bytes: Uint8Array): string {
  for (let at = 0; at < 16; at++) {
    codes[digitPlaces[at]] = digitCodes[bytes[at] >> 4];
    codes[digitPlaces[at] + 1] = digitCodes[bytes[at] & 15];
  }
  return String.fromCharCode(...codes);
}
