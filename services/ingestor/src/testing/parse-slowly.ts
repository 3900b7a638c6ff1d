import type { Parsed, QuarantineReason } from '@reelay/shared/contracts';
import { lineBytesMax, minuteMax, type ParseLimits } from '../parse-line.ts';
import { slowLocalTime } from './slow-local-time.ts';

const timeForm = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}|\d{6}|\d{9}))?)?$/;
/** Title words joined by `+`; a percent code counts as one character; `+` and perhaps a year at the end. */
const movieForm = /^(?:[a-z0-9_.*!+-]|%[0-9A-F]{2})*\+(?:(?:18|19|20)\d\d)?$/;
const isMovieId = (id: string): boolean => id !== '+' && id.length <= 200 && movieForm.test(id);
const requestForm = /^recommendation request ([^ ,]{1,255}), status ([^]*?), result: ([^]*), ([^]*?) ms$/;

/**
 * The same grammar as `createLineParser`, written to be right at sight instead of quick: one regular expression a part.
 * Tests compare the two.
 */
export function parseSlowly(bytes: Uint8Array, limits: ParseLimits): Parsed {
  if (bytes.length > lineBytesMax) return refuse('LINE_TOO_LONG');
  let line: string;
  try {
    line = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('ENCODING');
  }
  const parts = /^([^,]*),([^,]*),([^]*)$/.exec(line);
  if (!parts) return refuse('FORM');
  const time = slowTime(parts[1]);
  if (!time) return refuse('TIME');
  if (!/^\d+$/.test(parts[2])) return refuse('USER');
  const userId = Number(parts[2]);
  if (userId < 1 || userId > limits.userIdMax) return refuse('USER_RANGE');
  const atUtc = { ...time, time: slowLocalTime(time.time, limits.zone) };
  return slowAction(parts[3], { ...atUtc, userId }, limits);
}

const refuse = (reason: QuarantineReason): Parsed => ({ ok: false, reason });

function slowTime(text: string): { time: number; millisecond: number } | undefined {
  const match = timeForm.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '000'] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const date = new Date(`${iso}.000Z`);
  // Dates that do not exist, such as 24:00 or the 31st of April, are invalid or read back differently.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(iso) || Number(year) < 1970) return undefined;
  return { time: date.getTime() / 1000, millisecond: Number(fraction.slice(0, 3)) };
}

function slowAction(
  text: string,
  head: { time: number; millisecond: number; userId: number },
  limits: ParseLimits,
): Parsed {
  const { time, userId } = head;
  if (text === 'GET /create_account') return { ok: true, event: { kind: 'account', time, userId } };
  const watch = /^GET \/data\/m\/([^]*)\/([^/]*)$/.exec(text);
  if (watch) {
    if (!isMovieId(watch[1])) return refuse('MOVIE_ID');
    const minute = /^(\d+)\.mpg$/.exec(watch[2])?.[1];
    if (minute === undefined) return refuse('FORM');
    if (Number(minute) > minuteMax) return refuse('MINUTE_RANGE');
    return { ok: true, event: { kind: 'watch', time, userId, movieId: watch[1], minute: Number(minute) } };
  }
  const rate = /^GET \/rate\/([^]*)=([^=]*)$/.exec(text);
  if (rate) {
    if (!isMovieId(rate[1])) return refuse('MOVIE_ID');
    if (!/^\d+$/.test(rate[2])) return refuse('RATING');
    const rating = Number(rate[2]);
    if (rating < 1 || rating > limits.ratingMax) return refuse('RATING_RANGE');
    return { ok: true, event: { kind: 'rate', time, userId, movieId: rate[1], rating } };
  }
  return slowRequest(text, head);
}

function slowRequest(text: string, head: { time: number; millisecond: number; userId: number }): Parsed {
  const match = requestForm.exec(text);
  if (!match) return refuse('FORM');
  const [, server, status, result, latency] = match;
  if (status !== '200' && status !== '0') return refuse('STATUS');
  if (!/^\d{1,9}$/.test(latency)) return refuse('LATENCY');
  const base = { kind: 'recommendation' as const, ...head, server, latencyMs: Number(latency) };
  if (status === '0') return { ok: true, event: { ...base, status: 0, movieIds: [], error: result } };
  const movieIds = result === '' ? [] : result.split(/, ?/);
  if (!movieIds.every(isMovieId)) return refuse('MOVIE_ID');
  return { ok: true, event: { ...base, status: 200, movieIds, error: null } };
}
