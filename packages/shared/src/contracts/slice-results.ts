import { ByteReader } from './byte-stream.ts';
import { itemSources, type ItemSource } from './item-source.ts';

/** `model`: like a single answer. `fallback`: a list for everybody, since this user's own could not be made. `failed`: none. */
export const jobOutcomes = ['model', 'fallback', 'failed'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/** An item as its dictionary integer. `source`: what brought it onto the list; absent in results of earlier programs. */
export interface ResultItem {
  itemId: number;
  score: number;
  source?: ItemSource;
}

/** What a job found for one user; items best first. */
export interface UserResult {
  userId: number;
  outcome: JobOutcome;
  /** Null for `failed`. */
  modelVersion: string | null;
  items: ResultItem[];
}

/** Without sources, which earlier programs wrote, and with them. */
const [plainFormat, format] = [1, 2];
const bytesOfUser = 8;
const bytesOfItem = 9;
const encoder = new TextEncoder();

/** Results of a slice that are taken up as they are made, so that nobody has to hold tens of thousands of items. */
export interface SliceResultsWriter {
  add(results: readonly UserResult[]): void;
  /** All that was added. */
  bytes(): Uint8Array;
}

/**
 * Results of a slice as bytes, in their order, each user at most once: format, the model versions, then for each user id, outcome, version and items: dictionary integer, score, and the
 * place of the source, from 1 on (0: not named).
 * Scores keep 24 bits of precision.
 */
export function createSliceResultsWriter(): SliceResultsWriter {
  const versions: string[] = [];
  const parts: Uint8Array[] = [];
  let users = 0;
  return {
    add(results) {
      for (const { modelVersion } of results)
        if (!versions.includes(modelVersion ?? '')) versions.push(modelVersion ?? '');
      parts.push(encodeUsers(results, versions));
      users += results.length;
    },
    bytes: () => joined([encodeHead(versions, users), ...parts]),
  };
}

export function encodeSliceResults(results: readonly UserResult[]): Uint8Array {
  const writer = createSliceResultsWriter();
  writer.add(results);
  return writer.bytes();
}

function encodeHead(versions: readonly string[], users: number): Uint8Array {
  const text = encoder.encode(JSON.stringify(versions));
  const bytes = new Uint8Array(9 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, format);
  view.setUint32(1, text.length, true);
  bytes.set(text, 5);
  view.setUint32(5 + text.length, users, true);
  return bytes;
}

function encodeUsers(results: readonly UserResult[], versions: readonly string[]): Uint8Array {
  const items = results.reduce((sum, one) => sum + one.items.length, 0);
  const bytes = new Uint8Array(results.length * bytesOfUser + items * bytesOfItem);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { userId, outcome, modelVersion, items } of results) {
    view.setUint32(at, userId, true);
    view.setUint8(at + 4, jobOutcomes.indexOf(outcome));
    view.setUint8(at + 5, versions.indexOf(modelVersion ?? ''));
    view.setUint16(at + 6, items.length, true);
    at += bytesOfUser;
    for (const { itemId, score, source } of items) {
      view.setUint32(at, itemId, true);
      view.setFloat32(at + 4, score, true);
      view.setUint8(at + 8, source === undefined ? 0 : itemSources.indexOf(source) + 1);
      at += bytesOfItem;
    }
  }
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What `encodeSliceResults` was given. Throws for bytes that are none. */
export function* decodeSliceResults(bytes: Uint8Array): Generator<UserResult> {
  const reader = new ByteReader(bytes);
  const found = reader.fixed(1);
  if (found !== format && found !== plainFormat) throw new RangeError(`results of format ${found}, not ${format}`);
  const versions = JSON.parse(new TextDecoder().decode(reader.raw(reader.fixed(4)))) as string[];
  for (let left = reader.fixed(4); left > 0; left--) yield readUser(reader, versions, found === format);
  if (reader.left > 0) throw new RangeError(`${reader.left} bytes behind the last user`);
}

function readUser(reader: ByteReader, versions: string[], withSources: boolean): UserResult {
  const userId = reader.fixed(4);
  const outcome = jobOutcomes[reader.fixed(1)];
  const modelVersion = versions[reader.fixed(1)];
  if (outcome === undefined || modelVersion === undefined) throw new RangeError('no such outcome or version');
  const items = Array.from({ length: reader.fixed(2) }, () => readItem(reader, withSources));
  return { userId, outcome, modelVersion: modelVersion === '' ? null : modelVersion, items };
}

function readItem(reader: ByteReader, withSource: boolean): ResultItem {
  const itemId = reader.fixed(4);
  const bytes = reader.raw(4);
  const score = new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  const place = withSource ? reader.fixed(1) : 0;
  if (place === 0) return { itemId, score };
  const source = itemSources[place - 1];
  if (source === undefined) throw new RangeError(`no source ${place}`);
  return { itemId, score, source };
}
