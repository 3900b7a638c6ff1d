import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { markOf } from './dirt.ts';
import { generateHistory, type HistoryLine, type HistoryOptions } from './generate-history.ts';
import { keepsTheRules } from './line-check.ts';
import { parseLogTime } from './log-time.ts';
import { createPopulation } from './population.ts';

const history = (seed: number, options: HistoryOptions): HistoryLine[] => [
  ...generateHistory(createPopulation({ seed, preset: 'tiny' }), options),
];
const hashOf = (lines: HistoryLine[]): string =>
  createHash('sha256')
    .update(lines.map(({ line, dirty }) => `${line}\t${dirty ?? ''}\n`).join(''))
    .digest('hex');

const lines = history(3, { lines: 50_000 });
const clean = lines.filter(({ dirty }) => !dirty);
const dirty = lines.filter((line) => line.dirty);
const count = (part: string): number => clean.filter(({ line }) => line.includes(part)).length;
const wrongMarks = (marked: HistoryLine[]): number =>
  marked.filter(({ line, dirty: mark }) => mark && mark !== markOf(line, 5)).length;

describe('a history', () => {
  test('is the same for a seed, byte by byte, and another for another seed', () => {
    const hashes = [3, 3, 4].map((seed) => hashOf(history(seed, { lines: 5_000 })));
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  test('is in the order of time, and says the time of each line', () => {
    const times = clean.map(({ line }) => parseLogTime(line.split(',')[0]) as number);
    expect(times).toEqual(clean.map(({ time }) => time));
    expect(times.filter((time, at) => at > 0 && time < times[at - 1])).toEqual([]);
  });

  test('has as many lines as asked for, of all kinds, nearly all of them watch lines', () => {
    expect(lines).toHaveLength(50_000);
    expect(count('GET /data/m/')).toBeGreaterThan(48_500);
    expect(count('GET /rate/')).toBeGreaterThanOrEqual(500);
    expect(count('status 200')).toBeGreaterThan(50);
    expect(count('status 0')).toBeGreaterThan(0);
    expect(count('GET /create_account')).toBeGreaterThan(10);
  });

  test('keeps to the rules in every clean line', () => {
    expect(clean.filter(({ line }) => !keepsTheRules(line, 5))).toEqual([]);
  });

  test('has about one dirty line in a thousand, of both marks', () => {
    expect(Math.abs(dirty.length - 50)).toBeLessThan(30);
    expect(new Set(dirty.map((line) => line.dirty))).toEqual(new Set(['detectable', 'undetectable']));
  });

  test('runs a viewing minute by minute from 0, for one movie a user at a time', () => {
    const now = new Map<string, { movie: string; minute: number }>();
    const broken: string[] = [];
    for (const { line } of history(3, { lines: 20_000, dirt: 0 })) {
      const [, user, movie, text] = /,(\d+),GET \/data\/m\/(.+)\/(\d+)\.mpg$/.exec(line) ?? [];
      if (!user) continue;
      const last = now.get(user);
      const goesOn = last?.movie === movie && last.minute + 1 === Number(text);
      if (!goesOn && text !== '0') broken.push(line);
      now.set(user, { movie, minute: Number(text) });
    }
    expect(now.size).toBeGreaterThan(200);
    expect(broken).toEqual([]);
  });

  test('without a number of lines ends with its last viewing', () => {
    const short = history(5, { days: 1, usersActive: 20, dirt: 0 });
    const firsts = short.filter(({ line }) => line.endsWith('/0.mpg'));
    const start = short[0].time;
    expect(firsts.length).toBeGreaterThan(10);
    expect(firsts.at(-1)?.time).toBeLessThan(start + 86_400 + 60);
    expect(new Set(short.map(({ line }) => line.split(',')[1])).size).toBeLessThanOrEqual(20);
  });

  test('rates from 1 to 10 where the scale says so', () => {
    const ratings = history(3, { lines: 20_000, ratingMax: 10, dirt: 0 }).flatMap(
      ({ line }) => line.split('GET /rate/')[1] ?? [],
    );
    const given = new Set(ratings.map((text) => Number(text.split('=')[1])));
    expect(Math.max(...given)).toBeGreaterThan(8);
    expect(Math.min(...given)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...given)).toBeLessThanOrEqual(10);
  });
});

describe('the marks of dirty lines', () => {
  test('are right on every line', () => {
    expect(dirty.length).toBeGreaterThan(0);
    expect(wrongMarks(lines)).toBe(0);
  });

  test('are found out when they are shuffled', () => {
    const marks = dirty.map((line) => line.dirty);
    const shuffled = dirty.map((line, at) => ({ ...line, dirty: marks[(at + 1) % marks.length] }));
    expect(wrongMarks(shuffled)).toBeGreaterThan(0);
  });
});
