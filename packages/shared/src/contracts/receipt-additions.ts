import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { receiptRules, type ReceiptItem, type ReceiptRules } from './receipt.ts';

/** A fiftieth of a point is the finest step of an expected rating. */
const stepsPerPoint = 50;
const byteMax = 255;

/**
 * Expected ratings, one byte an item, after the step that they are multiples of, in fiftieths of a point: 1 up to 5.1 points, 2 up to 10.2, and so on.
 * 0 is none, and nothing else is: what is less than half a step counts as one.
 */
export function writeForetold(out: ByteWriter, items: readonly ReceiptItem[]): void {
  const most = items.reduce((largest, { foretold = 0 }) => Math.max(largest, foretold), 0);
  const step = Math.min(byteMax, Math.max(1, Math.ceil(Math.round(most * stepsPerPoint) / byteMax)));
  out.fixed(step, 1);
  for (const { foretold } of items) out.fixed(foretold === undefined ? 0 : stepsOf(foretold, step), 1);
}

const stepsOf = (points: number, step: number): number =>
  Math.min(byteMax, Math.max(1, Math.round((points * stepsPerPoint) / step)));

export function readForetold(from: ByteReader, items: readonly ReceiptItem[]): ReceiptItem[] {
  const step = from.fixed(1);
  return items.map((item) => {
    const steps = from.fixed(1);
    return steps === 0 ? item : { ...item, foretold: (steps * step) / stepsPerPoint };
  });
}

/** Few lists have rules, so all but the long part is JSON, which takes new rules as they come. */
export function writeRules(out: ByteWriter, { exclude, ...rest }: ReceiptRules): void {
  writeAscending(out, exclude);
  out.text(JSON.stringify(rest));
}

/** Throws for rules that this program does not know: a list that was made under them cannot be made again. */
export function readRules(from: ByteReader): ReceiptRules {
  const exclude = readAscending(from);
  return receiptRules.parse({ ...(JSON.parse(from.text()) as object), exclude });
}

/** Ascending, so the distances are small. */
export function writeAscending(out: ByteWriter, places: readonly number[]): void {
  out.varint(places.length);
  for (const [at, place] of places.entries()) out.varint(place - (at > 0 ? places[at - 1] : 0));
}

/** Grows as it reads, so that a count in damaged bytes reserves nothing. */
export function readAscending(from: ByteReader): number[] {
  const places: number[] = [];
  let last = 0;
  for (let left = from.varint(); left > 0; left--) places.push((last += from.varint()));
  return places;
}
