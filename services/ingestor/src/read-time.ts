export interface LineTime {
  /** Epoch seconds. */
  time: number;
  millisecond: number;
}

/** Reads the time stamp that ends at `end`; undefined when it is none. */
export type TimeReader = (text: string, end: number) => LineTime | undefined;

const dayLength = 'YYYY-MM-DD'.length;
const minuteLength = 'YYYY-MM-DDThh:mm'.length;
const secondLength = 'YYYY-MM-DDThh:mm:ss'.length;
const [letterT, colon, dot, dash] = [0x54, 0x3a, 0x2e, 0x2d];

/**
 * Time stamps as Java's `LocalDateTime.toString` writes them: no zone, `:00` seconds left out, a fraction of 3, 6 or 9 digits.
 * Lines come in order, so the last day is remembered and the calendar is asked once a day.
 */
export function createTimeReader(zone: string): TimeReader {
  const toUtc = zone === 'UTC' ? (seconds: number) => seconds : zonedSeconds(zone);
  let knownDay = '';
  let knownStart: number | undefined;
  return (text, end) => {
    if (end < minuteLength || text.charCodeAt(dayLength) !== letterT || text.charCodeAt(13) !== colon) return undefined;
    if (!text.startsWith(knownDay) || knownDay === '') {
      knownDay = text.slice(0, dayLength);
      knownStart = dayStart(knownDay);
    }
    const hour = twoDigits(text, 11);
    const minute = twoDigits(text, 14);
    const second = end === minuteLength ? 0 : text.charCodeAt(minuteLength) === colon ? twoDigits(text, 17) : -1;
    if (knownStart === undefined || !between(hour, 23) || !between(minute, 59) || !between(second, 59))
      return undefined;
    if (end > minuteLength && end < secondLength) return undefined;
    const millisecond = end > secondLength ? fraction(text, end) : 0;
    if (millisecond < 0) return undefined;
    return { time: toUtc(knownStart + hour * 3600 + minute * 60 + second), millisecond };
  };
}

const between = (value: number, max: number): boolean => value >= 0 && value <= max;

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return between(tens, 9) && between(ones, 9) ? tens * 10 + ones : -1;
}

/** Milliseconds of `.f` after the seconds, cut, not rounded; -1 when it is not 3, 6 or 9 digits. */
function fraction(text: string, end: number): number {
  const count = end - secondLength - 1;
  if (text.charCodeAt(secondLength) !== dot || (count !== 3 && count !== 6 && count !== 9)) return -1;
  let value = 0;
  for (let i = 0; i < count; i += 1) {
    const digit = text.charCodeAt(secondLength + 1 + i) - 48;
    if (!between(digit, 9)) return -1;
    if (i < 3) value = value * 10 + digit;
  }
  return value;
}

/** Epoch seconds of the day's start in UTC; undefined when it is no day of the calendar or before 1970. */
function dayStart(day: string): number | undefined {
  const [century, yearOf, month, date] = [twoDigits(day, 0), twoDigits(day, 2), twoDigits(day, 5), twoDigits(day, 8)];
  if (century < 0 || yearOf < 0 || month < 1 || date < 1 || day.charCodeAt(4) !== dash || day.charCodeAt(7) !== dash)
    return undefined;
  const year = century * 100 + yearOf;
  if (year < 1970) return undefined;
  const start = new Date(Date.UTC(year, month - 1, date));
  // The calendar rolls the 30th of February over into March: then it was no day.
  return start.getUTCMonth() === month - 1 && start.getUTCDate() === date ? start.getTime() / 1000 : undefined;
}

/**
 * Seconds of a local clock → epoch seconds. The zone's offset is asked once per quarter of an hour of local time; an hour that
 * occurs twice counts as the first of the two, one that is left out as if the clock had not been moved yet.
 */
function zonedSeconds(zone: string): (local: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsetAt = (epoch: number): number => {
    const name = format.formatToParts(epoch * 1000).find((part) => part.type === 'timeZoneName')!.value;
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  };
  let knownQuarter = -1;
  let knownOffset = 0;
  return (local) => {
    const quarter = Math.floor(local / 900);
    if (quarter !== knownQuarter) {
      knownQuarter = quarter;
      knownOffset = offsetOf(quarter * 900, offsetAt);
    }
    return local - knownOffset;
  };
}

/** Offset of a local time. Yesterday's is tried first: when the clock is set back, it tells the earlier of the two readings. */
function offsetOf(local: number, offsetAt: (epoch: number) => number): number {
  const yesterday = offsetAt(local - 86_400);
  const now = offsetAt(local - yesterday);
  // Neither fits a time that the clock leaves out: then it counts as not moved yet.
  return now === yesterday || offsetAt(local - now) === now ? now : yesterday;
}
