import { beforeEach, describe, expect, test, vi } from 'vitest';
import { damageLine } from './fuzz/damage-line.ts';
import { generateLine } from './fuzz/generate-line.ts';
import { createLineParser, defaultLimits, lineBytesMax, parseLine } from './parse-line.ts';
import { countVisits } from './testing/count-visits.ts';
import { seeded } from './testing/invent-lines.ts';
import { bytes, clean, dirty, requests, second } from './testing/sample-lines.ts';

const native = vi.hoisted(() => ({ checked: (_bytes: number): void => {} }));
vi.mock('node:buffer', async (original) => {
  const buffer = await original<typeof import('node:buffer')>();
  return {
    ...buffer,
    isAscii(line: Buffer) {
      native.checked(line.length);
      return buffer.isAscii(line);
    },
  };
});

let parse = parseLine;
beforeEach(() => {
  parse = createLineParser(defaultLimits);
});

/** A day that comes for the first time is looked up in the calendar; lines of the same day are not. */
const calendarVisits = 24;

const visitsOf = (line: Uint8Array, read: (line: Uint8Array) => unknown = parse): number =>
  countVisits((visit) => {
    native.checked = visit;
    read(line);
    native.checked = () => {};
  });

const many = lineBytesMax - 200;
const request = `${second},5,recommendation request host:8082, status`;
/** Lines made to be read as often as possible: long where something is looked for, or looked for in vain. */
const cruel: [name: string, line: string][] = [
  ['nothing but commas', ','.repeat(many)],
  ['no comma', 'x'.repeat(many)],
  ['a long time', `${'1'.repeat(many)},5,GET /create_account`],
  ['a long user', `${second},${'1'.repeat(many)},GET /create_account`],
  ['an action of a long word', `${second},5,${'GET /rate'.repeat(many / 10)}`],
  ['a long movie', `${second},5,GET /rate/${'a'.repeat(many)}+1999=3`],
  ['a movie of percent codes', `${second},5,GET /data/m/${'%C3'.repeat(many / 3)}+1999/3.mpg`],
  ['a movie of plus signs', `${second},5,GET /data/m/${'+'.repeat(many)}/3.mpg`],
  ['a long minute', `${second},5,GET /data/m/a+1999/${'0'.repeat(many)}3.mpg`],
  ['a long rating', `${second},5,GET /rate/a+1999=${'0'.repeat(many)}3`],
  ['no status', `${second},5,recommendation request ${'h'.repeat(many)}`],
  ['statuses without a result', `${second},5,recommendation request h${', status 200'.repeat(many / 12)} ms`],
  ['no result', `${request} ${'2'.repeat(many)}, 5 ms`],
  ['many results', `${request} 200${', result: '.repeat(many / 10)}, 5 ms`],
  ['a long latency', `${request} 200, result: a+1999, ${'1'.repeat(many)} ms`],
  ['a long list', `${request} 200, result: ${'a+1999, '.repeat(many / 8)}a+1999, 5 ms`],
  ['a list of nothing', `${request} 200, result: ${', '.repeat(many / 2)}, 5 ms`],
  ['a list of one word', `${request} 200, result: ${'a'.repeat(many)}, 5 ms`],
  ['a long list with a broken end', `${request} 200, result: ${'a+1999, '.repeat(many / 8)}é+1999, 5 ms`],
  ['a long failure', `${request} 0, result: ${'überlastet '.repeat(many / 12)}, 5 ms`],
];

describe('no line is read more than four times over', () => {
  test.each(cruel)('%s', (_name, line) => {
    expect(visitsOf(bytes(line))).toBeLessThanOrEqual(4 * Buffer.byteLength(line));
  });

  test('lines of all kinds, whole and damaged; the first of a day a few bytes more', () => {
    const below = seeded(11);
    const samples = [...clean, ...requests].map(([, line]) => line).concat(dirty.map(([line]) => line));
    const lines = samples.map(bytes);
    for (let i = 0; i < 10_000; i += 1) {
      const line = bytes(generateLine(below).line);
      lines.push(line, damageLine(line, below));
    }
    const worst = lines.filter((line) => {
      const fresh = createLineParser();
      return visitsOf(line, fresh) > 4 * line.length + calendarVisits || visitsOf(line, fresh) > 4 * line.length;
    });
    expect(lines.length).toBeGreaterThan(20_000);
    expect(worst.map((line) => Buffer.from(line).toString())).toEqual([]);
  });

  test.each([lineBytesMax + 1, 100_000, 2 ** 20])('of %i bytes none is read', (length) => {
    const line = new Uint8Array(length).fill(0x2c);
    expect(visitsOf(line)).toBe(0);
    expect(parse(line)).toEqual({ ok: false, reason: 'LINE_TOO_LONG' });
  });

  test('the count notices a parser that reads more, or in a way that nobody counts', () => {
    const line = bytes(cruel[0][1]);
    const twice = (input: Uint8Array) => [parse(input), parse(input)];
    expect(visitsOf(line)).toBeGreaterThan(2 * line.length);
    expect(visitsOf(line, twice)).toBe(2 * visitsOf(line));
    expect(() => visitsOf(line, (input) => Buffer.from(input).toString().split(','))).toThrow('nobody counts');
    expect(() => visitsOf(line, () => /,/.test(cruel[0][1]))).toThrow('nobody counts');
  });
});

test('no place of a text is read by index: such a read would not be counted', async () => {
  const { readFile } = await import('node:fs/promises');
  for (const file of ['./parse-line.ts', './read-time.ts', '../../../packages/shared/src/contracts/movie-id.ts']) {
    const source = await readFile(new URL(file, import.meta.url), 'utf8');
    expect(source.length).toBeGreaterThan(500);
    expect(source.match(/\b(?:text|day|line)\[/g), file).toBeNull();
  }
});
