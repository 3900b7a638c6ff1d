import { describe, expect, test } from 'vitest';
import { createLineParser, defaultLimits, lineBytesMax, parseLine } from './parse-line.ts';
import { at, bytes, clean, dirty, rate, requests, second } from './testing/sample-lines.ts';

describe('a line that keeps to the grammar', () => {
  test.each([...clean, ...requests])('%s', (_name, line, event) => {
    expect(parseLine(bytes(line))).toEqual({ ok: true, event });
  });
});

describe('a line that breaks it is refused with its reason', () => {
  test.each(dirty)('%j', (line, reason) => {
    expect(parseLine(bytes(line))).toEqual({ ok: false, reason });
  });

  test('bytes that are no UTF-8', () => {
    expect(parseLine(Uint8Array.of(0x32, 0xff, 0x31))).toEqual({ ok: false, reason: 'ENCODING' });
  });

  test('a line that is too long is not looked at', () => {
    expect(parseLine(new Uint8Array(lineBytesMax).fill(0xff))).toEqual({ ok: false, reason: 'ENCODING' });
    expect(parseLine(new Uint8Array(lineBytesMax + 1).fill(0xff))).toEqual({ ok: false, reason: 'LINE_TOO_LONG' });
  });
});

describe('settings', () => {
  test('the rating scale and the highest user are settings', () => {
    const parse = createLineParser({ ...defaultLimits, ratingMax: 10, userIdMax: 5 });
    expect(parse(bytes(rate('a+1999', '10')))).toMatchObject({ ok: true, event: { rating: 10 } });
    expect(parse(bytes(rate('a+1999', '11')))).toEqual({ ok: false, reason: 'RATING_RANGE' });
    expect(parse(bytes(`${second},6,GET /create_account`))).toEqual({ ok: false, reason: 'USER_RANGE' });
  });

  test.each([
    ['2031-01-15T07:08:09', '2031-01-15T12:08:09'],
    ['2031-07-15T07:08:09', '2031-07-15T11:08:09'],
    ['2031-11-02T01:30:00', '2031-11-02T05:30:00'],
    ['2031-11-02T02:30:00', '2031-11-02T07:30:00'],
    ['2031-03-09T03:30:00', '2031-03-09T07:30:00'],
    ['2031-03-09T02:30:00', '2031-03-09T07:30:00'],
  ])('local time %s of Toronto is %s', (local, utc) => {
    const parse = createLineParser({ ...defaultLimits, zone: 'America/Toronto' });
    expect(parse(bytes(`${local},5,GET /create_account`))).toMatchObject({ event: { time: at(utc) } });
  });
});
