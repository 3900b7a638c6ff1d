import { ByteReader, ByteWriter } from './byte-stream.ts';
import { itemSources, type ItemSource, type ReceiptBody, type ReceiptList } from './receipt.ts';

/** Bits of the first byte: the list's form in the lowest two, then what follows it. */
const forms = ['indices16', 'indices24', 'ready', 'text'] as const;
const mixedSources = 4;
const explored = 8;
const withKernel = 16;
const withHistory = 32;
const withSeen = 64;

const minutesMax = 65_535;
const ratingSteps = 2;

/** About 90 bytes for 20 items, 6 more for each of the history. */
export function encodeReceiptBody(body: ReceiptBody): Uint8Array {
  const out = new ByteWriter();
  const flags = flagsOf(body);
  out.fixed(flags, 1);
  writeList(out, body.list, flags);
  if (flags & explored) {
    out.fixed(body.seed, 4);
    out.float16(body.propensity);
  }
  if (flags & withKernel) out.fixed(Number.parseInt(body.kernelBuild, 16), 4);
  if (flags & withHistory) writeHistory(out, body.history);
  if (flags & withSeen) writeSeen(out, body.seen);
  return out.bytes();
}

/** Throws for bytes that are no body. */
export function decodeReceiptBody(bytes: Uint8Array): ReceiptBody {
  const from = new ByteReader(bytes);
  const flags = from.fixed(1);
  const list = readList(from, flags);
  const seed = flags & explored ? from.fixed(4) : 0;
  const propensity = flags & explored ? from.float16() : 1;
  const kernelBuild = flags & withKernel ? from.fixed(4).toString(16).padStart(8, '0') : '';
  const history = flags & withHistory ? times(from.varint(), () => readEvidence(from)) : [];
  const seen = flags & withSeen ? readSeen(from) : [];
  if (from.left > 0) throw new RangeError(`${from.left} bytes too many`);
  return { list, seed, propensity, kernelBuild, history, seen };
}

function flagsOf({ list, seed, propensity, kernelBuild, history, seen }: ReceiptBody): number {
  const mixed = list.form === 'indices' && list.items.some(({ source }) => source !== list.items[0]?.source);
  return (
    forms.indexOf(formOf(list)) |
    (mixed ? mixedSources : 0) |
    (seed !== 0 || propensity !== 1 ? explored : 0) |
    (/^[0-9a-f]{8}$/.test(kernelBuild) ? withKernel : 0) |
    (history.length > 0 ? withHistory : 0) |
    (seen.length > 0 ? withSeen : 0)
  );
}

function formOf(list: ReceiptList): (typeof forms)[number] {
  if (list.form !== 'indices') return list.form;
  return list.items.every(({ index }) => index < 2 ** 16) ? 'indices16' : 'indices24';
}

function writeList(out: ByteWriter, list: ReceiptList, flags: number): void {
  if (list.form === 'ready') {
    out.varint(list.group);
    return out.varint(list.count);
  }
  out.varint(list.items.length);
  if (list.form === 'text') {
    for (const { id, score } of list.items) {
      out.text(id);
      out.float16(score);
    }
    return;
  }
  const width = formOf(list) === 'indices16' ? 2 : 3;
  for (const { index, score } of list.items) {
    out.fixed(index, width);
    out.float16(score);
  }
  const sources = flags & mixedSources ? list.items : list.items.slice(0, 1);
  for (const { source } of sources) out.fixed(itemSources.indexOf(source), 1);
}

function readList(from: ByteReader, flags: number): ReceiptList {
  const form = forms[flags & 3];
  if (form === 'ready') return { form, group: from.varint(), count: from.varint() };
  const count = from.varint();
  if (form === 'text') return { form, items: times(count, () => ({ id: from.text(), score: from.float16() })) };
  const width = form === 'indices16' ? 2 : 3;
  const scored = times(count, () => ({ index: from.fixed(width), score: from.float16() }));
  const sources = times(flags & mixedSources ? count : Math.min(count, 1), () => sourceAt(from.fixed(1)));
  return { form: 'indices', items: scored.map((item, at) => ({ ...item, source: sources[at] ?? sources[0] })) };
}

function sourceAt(place: number): ItemSource {
  if (itemSources[place] === undefined) throw new RangeError(`no source ${place}`);
  return itemSources[place];
}

function writeHistory(out: ByteWriter, history: ReceiptBody['history']): void {
  out.varint(history.length);
  for (const { index, minutes, rating } of history) {
    out.fixed(index, 3);
    out.fixed(Math.min(Math.round(minutes), minutesMax), 2);
    out.fixed(Math.min(Math.round(rating * ratingSteps), 255), 1);
  }
}

const readEvidence = (from: ByteReader): ReceiptBody['history'][number] => ({
  index: from.fixed(3),
  minutes: from.fixed(2),
  rating: from.fixed(1) / ratingSteps,
});

/** Ascending, so the distances are small. */
function writeSeen(out: ByteWriter, seen: number[]): void {
  out.varint(seen.length);
  for (const [at, index] of seen.entries()) out.varint(index - (at > 0 ? seen[at - 1] : 0));
}

function readSeen(from: ByteReader): number[] {
  let last = 0;
  return times(from.varint(), () => (last += from.varint()));
}

/** Grows as it reads, so that a count in damaged bytes reserves nothing. */
function times<T>(count: number, read: () => T): T[] {
  const found: T[] = [];
  for (let at = 0; at < count; at++) found.push(read());
  return found;
}
