import { isAscii } from 'node:buffer';
import type { LogEvent, Parsed, QuarantineReason } from '@reelay/shared/contracts';
import { isMovieIdIn, movieIdEnd } from '@reelay/shared/contracts';
import { createTimeReader } from './read-time.ts';

export interface ParseLimits {
  userIdMax: number;
  /** Top of the rating scale: 5 until fall 2025, 10 from spring 2026. */
  ratingMax: number;
  /** Zone of the time stamps, which carry none; an IANA name. */
  zone: string;
}

export const defaultLimits: ParseLimits = { userIdMax: 1_000_000, ratingMax: 5, zone: 'UTC' };

export const lineBytesMax = 16 * 1024;
/** Mini-series reach 1,063; a digit put into a number mostly lands above this. */
export const minuteMax = 2_000;
const latencyDigitsMax = 9;
const serverLengthMax = 255;

const watchStart = 'GET /data/m/';
const watchEnd = '.mpg';
const rateStart = 'GET /rate/';
const requestStart = 'recommendation request ';
const account = 'GET /create_account';
const [watchLetter, rateLetter] = [0x64, 0x72];

type Read = LogEvent | QuarantineReason;

export type LineParser = (bytes: Uint8Array) => Parsed;

/**
 * Total over all byte strings, linear in their length: no byte of a line is visited more than four times on average, two of
 * them by decoding. The grammar, read from left to right; the first part that breaks
 * names the reason:
 *
 * - `line    = time "," user "," action`, at most 16 KiB of UTF-8                              LINE_TOO_LONG, ENCODING, FORM
 * - `time    = YYYY-MM-DDThh:mm[:ss[.f]]`, 3, 6 or 9 digits of `f`, a day of the calendar, from 1970  TIME
 * - `user    = digits`, 1 to `userIdMax`                                USER, USER_RANGE
 * - `watch   = "GET /data/m/" movie "/" minute ".mpg"`, minute 0 to 2,000                      MOVIE_ID, FORM, MINUTE_RANGE
 * - `rate    = "GET /rate/" movie "=" rating`, digits, 1 to `ratingMax`                        MOVIE_ID, RATING, RATING_RANGE
 * - `request = "recommendation request " server ", status " status ", result: " result ", " latency " ms"`, server
 *   without space or comma, status `200` or `0`, latency 1 to 9 digits; result for 200: movies joined by `, ` or `,`
 *   (may be none), else any text                                                               FORM, STATUS, LATENCY, MOVIE_ID
 * - `account = "GET /create_account"`
 *
 * Leading zeros are read everywhere: a zero put in front leaves the number what it was.
 */
export function createLineParser(limits: ParseLimits = defaultLimits): LineParser {
  const readTime = createTimeReader(limits.zone);
  return (bytes) => {
    const text = decode(bytes);
    if (text === undefined) return refuse(bytes.length > lineBytesMax ? 'LINE_TOO_LONG' : 'ENCODING');
    const timeEnd = text.indexOf(',');
    const userEnd = timeEnd < 0 ? -1 : text.indexOf(',', timeEnd + 1);
    if (userEnd < 0) return refuse('FORM');
    const time = readTime(text, timeEnd);
    if (time === undefined) return refuse('TIME');
    const userId = digits(text, timeEnd + 1, userEnd);
    if (userId < 0) return refuse('USER');
    if (userId < 1 || userId > limits.userIdMax) return refuse('USER_RANGE');
    const read = readAction(text, userEnd + 1, { ...time, userId }, limits);
    return typeof read === 'string' ? refuse(read) : { ok: true, event: read };
  };
}

/** With the default limits. */
export const parseLine: LineParser = createLineParser();

const refuse = (reason: QuarantineReason): Parsed => ({ ok: false, reason });

interface Head {
  time: number;
  millisecond: number;
  userId: number;
}

function readAction(text: string, start: number, head: Head, limits: ParseLimits): Read {
  if (text.length === start + account.length && text.endsWith(account)) {
    return { kind: 'account', time: head.time, userId: head.userId };
  }
  // One look at the letter in which the three differ, instead of one comparison after another.
  const letter = text.charCodeAt(start + 'GET /'.length);
  if (letter === watchLetter) {
    if (text.startsWith(watchStart, start)) return readWatch(text, start + watchStart.length, head);
  } else if (letter === rateLetter) {
    if (text.startsWith(rateStart, start)) return readRate(text, start + rateStart.length, head, limits.ratingMax);
  } else if (text.startsWith(requestStart, start)) return readRequest(text, start + requestStart.length, head);
  return 'FORM';
}

function readWatch(text: string, start: number, { time, userId }: Head): Read {
  const slash = lastPlace(text, 0x2f, start);
  if (slash < 0) return 'FORM';
  if (!isMovieIdIn(text, start, slash)) return 'MOVIE_ID';
  const end = text.length - watchEnd.length;
  const minute = text.endsWith(watchEnd) ? digits(text, slash + 1, end) : -1;
  if (minute < 0) return 'FORM';
  if (minute > minuteMax) return 'MINUTE_RANGE';
  return { kind: 'watch', time, userId, movieId: text.slice(start, slash), minute };
}

function readRate(text: string, start: number, { time, userId }: Head, ratingMax: number): Read {
  const equals = lastPlace(text, 0x3d, start);
  if (equals < 0) return 'FORM';
  if (!isMovieIdIn(text, start, equals)) return 'MOVIE_ID';
  const rating = digits(text, equals + 1, text.length);
  if (rating < 0) return 'RATING';
  if (rating < 1 || rating > ratingMax) return 'RATING_RANGE';
  return { kind: 'rate', time, userId, movieId: text.slice(start, equals), rating };
}

const statusMark = ', status ';
const resultMark = ', result: ';
const latencyEnd = ' ms';

function readRequest(text: string, start: number, head: Head): Read {
  const serverEnd = text.indexOf(statusMark, start);
  if (serverEnd < 0 || !isServer(text, start, serverEnd)) return 'FORM';
  const statusEnd = text.indexOf(resultMark, serverEnd + statusMark.length);
  if (statusEnd < 0 || !text.endsWith(latencyEnd)) return 'FORM';
  const resultStart = statusEnd + resultMark.length;
  const latencyStop = text.length - latencyEnd.length;
  const resultEnd = lastSeparator(text, resultStart, latencyStop);
  if (resultEnd < 0) return 'FORM';
  const status = text.slice(serverEnd + statusMark.length, statusEnd);
  if (status !== '200' && status !== '0') return 'STATUS';
  const latencyMs = latencyStop - resultEnd - 2 > latencyDigitsMax ? -1 : digits(text, resultEnd + 2, latencyStop);
  if (latencyMs < 0) return 'LATENCY';
  const base = { kind: 'recommendation' as const, ...head, server: text.slice(start, serverEnd), latencyMs };
  if (status === '0') return { ...base, status: 0, movieIds: [], error: text.slice(resultStart, resultEnd) };
  const movieIds = readMovieIds(text, resultStart, resultEnd);
  return movieIds === undefined ? 'MOVIE_ID' : { ...base, status: 200, movieIds, error: null };
}

const [space, comma] = [0x20, 0x2c];
const isSpaceOrComma = (code: number): boolean => code === space || code === comma;

function isServer(text: string, start: number, end: number): boolean {
  if (end <= start || end - start > serverLengthMax) return false;
  for (let at = start; at < end; at += 1) if (isSpaceOrComma(text.charCodeAt(at))) return false;
  return true;
}

/** Ids joined by `,` or `, `; undefined when one of them is no id. */
function readMovieIds(text: string, start: number, end: number): string[] | undefined {
  const ids: string[] = [];
  if (start === end) return ids;
  for (let at = start; ;) {
    const stop = movieIdEnd(text, at, end);
    if (stop < 0 || (stop < end && text.charCodeAt(stop) !== comma)) return undefined;
    ids.push(text.slice(at, stop));
    if (stop === end) return ids;
    at = text.charCodeAt(stop + 1) === space ? stop + 2 : stop + 1;
  }
}

/** Last place of a character from `start` on; -1 when there is none. What stands before `start` is not looked at again. */
function lastPlace(text: string, code: number, start: number): number {
  for (let at = text.length - 1; at >= start; at -= 1) if (text.charCodeAt(at) === code) return at;
  return -1;
}

/** Last place of `, ` between two places; -1 when there is none. */
function lastSeparator(text: string, start: number, end: number): number {
  for (let at = end - 2; at >= start; at -= 1) {
    if (text.charCodeAt(at) === comma && text.charCodeAt(at + 1) === space) return at;
  }
  return -1;
}

/** The decimal number between two places, capped at 10^12; -1 when there is anything but digits, or nothing. */
function digits(text: string, start: number, end: number): number {
  if (end <= start) return -1;
  let value = 0;
  for (let i = start; i < end; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = Math.min(value * 10 + digit, 1e12);
  }
  return value;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined when the line is too long (it is not looked at then) or no UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.length > lineBytesMax) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  try {
    return strictUtf8.decode(buffer);
  } catch {
    return undefined;
  }
}
