import { ByteReader, ByteWriter } from './byte-stream.ts';
import {
  readAscending,
  readForetold,
  readRules,
  writeAscending,
  writeForetold,
  writeRules,
} from './receipt-additions.ts';
import { itemSources, type ItemSource } from './item-source.ts';
import type { ReceiptBody, ReceiptList } from './receipt.ts';

/** Bits of the first byte: the list's form in the lowest two, then what follows it. */
const forms = ['indices16', 'indices24', 'ready', 'text'] as const;
const mixedSources = 4;
const explored = 8;
const withKernel = 16;
const withHistory = 32;
const withSeen = 64;
/** A second byte of bits follows. */
const withMore = 128;

/** Bits of that second byte. */
const withForetold = 1;
const withRules = 2;
const withExactHistory = 4;
const withExplorationShare = 8;

const minutesMax = 65_535;
const ratingSteps = 2;

/** About 90 bytes for 20 items, 20 more with expected ratings, 6 for each of the history. */
export function encodeReceiptBody(body: ReceiptBody): Uint8Array {
  return viewReceiptBody(body).slice();
}

/** One is written at a time, so all are written in one memory. */
const out = new ByteWriter();

/** The same bytes without a copy: they stand until the next call of either. */
export function viewReceiptBody(body: ReceiptBody): Uint8Array {
  out.clear();
  writeBody(body);
  return out.view();
}

function writeBody(body: ReceiptBody): void {
  const more = moreFlagsOf(body);
  const flags = flagsOf(body) | (more === 0 ? 0 : withMore);
  out.fixed(flags, 1);
  if (flags & withMore) out.fixed(more, 1);
  writeList(out, body.list, flags);
  if (more & withForetold && body.list.form === 'indices') writeForetold(out, body.list.items);
  if (flags & explored) {
    out.fixed(body.seed, 4);
    out.float16(body.propensity);
  }
  if (more & withExplorationShare) out.float64(body.explorationShare ?? 0);
  if (flags & withKernel) out.fixed(Number.parseInt(body.kernelBuild, 16), 4);
  if (body.rules !== undefined) writeRules(out, body.rules);
  if (flags & withHistory) writeHistory(out, body.history, more);
  if (flags & withSeen) writeAscending(out, body.seen);
}

/** Throws for bytes that are no body. */
export function decodeReceiptBody(bytes: Uint8Array): ReceiptBody {
  const from = new ByteReader(bytes);
  const flags = from.fixed(1);
  const more = flags & withMore ? from.fixed(1) : 0;
  if (more > knownMore) throw new RangeError(`parts ${more} of a receipt, this program knows ${knownMore}`);
  const list = readList(from, flags);
  if (more & withForetold && list.form === 'indices') list.items = readForetold(from, list.items);
  const seed = flags & explored ? from.fixed(4) : 0;
  const propensity = flags & explored ? from.float16() : 1;
  const explorationShare = more & withExplorationShare ? { explorationShare: from.float64() } : {};
  const kernelBuild = flags & withKernel ? from.fixed(4).toString(16).padStart(8, '0') : '';
  const rules = more & withRules ? { rules: readRules(from) } : {};
  const history = flags & withHistory ? times(from.varint(), () => readEvidence(from, more)) : [];
  const seen = flags & withSeen ? readAscending(from) : [];
  if (from.left > 0) throw new RangeError(`${from.left} bytes too many`);
  return { list, seed, propensity, ...explorationShare, kernelBuild, ...rules, history, seen };
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

const knownMore = withForetold | withRules | withExactHistory | withExplorationShare;

function moreFlagsOf({ list, rules, history, explorationShare }: ReceiptBody): number {
  const foretells = list.form === 'indices' && list.items.some(({ foretold }) => foretold !== undefined);
  return (
    (foretells ? withForetold : 0) |
    (rules === undefined ? 0 : withRules) |
    (history.every(fitsSixBytes) ? 0 : withExactHistory) |
    (explorationShare === undefined ? 0 : withExplorationShare)
  );
}

/** What nearly all logs hold: whole minutes, and ratings in half points. */
const fitsSixBytes = ({ minutes, rating }: ReceiptBody['history'][number]): boolean =>
  Number.isInteger(minutes) &&
  minutes <= minutesMax &&
  Number.isInteger(rating * ratingSteps) &&
  rating * ratingSteps <= 255;

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

/** The same numbers come out, whatever they are: from others another list would be made. */
function writeHistory(out: ByteWriter, history: ReceiptBody['history'], more: number): void {
  out.varint(history.length);
  for (const { index, minutes, rating } of history) {
    out.fixed(index, 3);
    if (more & withExactHistory) {
      out.float64(minutes);
      out.float64(rating);
    } else {
      out.fixed(minutes, 2);
      out.fixed(rating * ratingSteps, 1);
    }
  }
}

const readEvidence = (from: ByteReader, more: number): ReceiptBody['history'][number] =>
  more & withExactHistory
    ? { index: from.fixed(3), minutes: from.float64(), rating: from.float64() }
    : { index: from.fixed(3), minutes: from.fixed(2), rating: from.fixed(1) / ratingSteps };

/** Grows as it reads, so that a count in damaged bytes reserves nothing. */
function times<T>(count: number, read: () => T): T[] {
  const found: T[] = [];
  for (let at = 0; at < count; at++) found.push(read());
  return found;
}
