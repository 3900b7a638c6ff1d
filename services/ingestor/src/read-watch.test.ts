import type { Parsed } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { damageLine } from './fuzz/damage-line.ts';
import { generateLine } from './fuzz/generate-line.ts';
import { KnownIds } from './known-ids.ts';
import { createLineParser, defaultLimits } from './parse-line.ts';
import { WatchReader } from './read-watch.ts';
import { seeded } from './testing/invent-lines.ts';

const zones = ['UTC', 'America/Toronto', 'Australia/Lord_Howe'];

/** A reader that knows the movie and the minute of a line, as after the line before. */
function readerThatKnows(line: Uint8Array, parsed: Parsed): WatchReader {
  const ids = new KnownIds();
  if (parsed.ok && 'movieId' in parsed.event) ids.add(parsed.event.movieId, 7);
  const reader = new WatchReader(() => ids, defaultLimits);
  reader.learn(line, parsed);
  return reader;
}

const fieldsOf = ({ userId, minute, time }: WatchReader) => ({ userId, minute, time });

test.each(zones)('what is read the short way is what the parser says, whole and damaged: %s', (zone) => {
  const below = seeded(20_310_507);
  const parse = createLineParser({ ...defaultLimits, zone });
  const taken = { whole: 0, damaged: 0 };
  for (let made = 0; made < 6_000; made += 1) {
    const line = Buffer.from(generateLine(below).line);
    const reader = readerThatKnows(line, parse(line));
    for (const [kind, bytes] of [
      ['whole', line],
      ['damaged', damageLine(line, below)],
    ] as const) {
      if (!reader.read(bytes)) continue;
      taken[kind] += 1;
      const { userId, minute, time } = fieldsOf(reader);
      const parsed = parse(bytes);
      expect(parsed, bytes.toString()).toMatchObject({ ok: true, event: { kind: 'watch', userId, minute, time } });
    }
  }
  expect(taken.whole).toBeGreaterThan(400);
  expect(taken.damaged).toBeGreaterThan(0);
});

const known = Buffer.from('2031-05-06T07:08:09,42,GET /data/m/a+1999/3.mpg');
const parse = createLineParser();

test.each([
  ['a second later', '2031-05-06T07:08:10,42,GET /data/m/a+1999/4.mpg', { userId: 42, minute: 4, time: 1 }],
  [
    'another user, zeros in front',
    '2031-05-06T07:08:09,00043,GET /data/m/a+1999/003.mpg',
    { userId: 43, minute: 3, time: 0 },
  ],
])('%s is read', (_what, line, expected) => {
  const reader = readerThatKnows(known, parse(known));
  expect(reader.read(Buffer.from(line))).toBe(true);
  expect(fieldsOf(reader)).toEqual({ ...expected, time: Date.UTC(2031, 4, 6, 7, 8, 9) / 1_000 + expected.time });
});

test.each([
  ['another minute of the clock', '2031-05-06T07:09:09,42,GET /data/m/a+1999/3.mpg'],
  ['a second 60', '2031-05-06T07:08:60,42,GET /data/m/a+1999/3.mpg'],
  ['no second', '2031-05-06T07:08,42,GET /data/m/a+1999/3.mpg'],
  ['an unknown movie', '2031-05-06T07:08:09,42,GET /data/m/b+1999/3.mpg'],
  ['no user', '2031-05-06T07:08:09,,GET /data/m/a+1999/3.mpg'],
  ['user 0', '2031-05-06T07:08:09,0,GET /data/m/a+1999/3.mpg'],
  ['a user beyond the range', '2031-05-06T07:08:09,1000001,GET /data/m/a+1999/3.mpg'],
  ['a minute beyond the range', '2031-05-06T07:08:09,42,GET /data/m/a+1999/2001.mpg'],
  ['no minute', '2031-05-06T07:08:09,42,GET /data/m/a+1999/.mpg'],
  ['a letter in the action', '2031-05-06T07:08:09,42,GET /date/m/a+1999/3.mpg'],
  ['a byte too many', '2031-05-06T07:08:09,42,GET /data/m/a+1999/3.mpg '],
  ['a cut line', '2031-05-06T07:08:09,42,GET /data/m/'],
  ['nothing', ''],
])('%s is left to the parser', (_what, line) => {
  expect(readerThatKnows(known, parse(known)).read(Buffer.from(line))).toBe(false);
});
