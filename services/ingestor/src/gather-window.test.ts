import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Window } from './gather-window.ts';
import { ItemDictionary } from './item-dictionary.ts';
import { defaultLimits, parseLine } from './parse-line.ts';
import { parseSlowly } from './testing/parse-slowly.ts';
import { readLines } from './read-lines.ts';

const dictionary = () => {
  let last = 0;
  return new ItemDictionary({ itemIds: async (ids) => new Map(ids.map((id) => [id, ++last])) });
};

async function windowOf(lines: string[], firstOffset = 0): Promise<Window> {
  const items = dictionary();
  const window = new Window(firstOffset);
  const logLines = lines.map((line, i) => ({ offset: firstOffset + i, bytes: Buffer.from(line) }));
  for (const read of await readLines(logLines, parseLine, items)) window.add(read, items);
  return window;
}

const watch = (minute: number, second = 0, user = 5, movie = 'a+1999') =>
  `2031-05-06T07:${String(second).padStart(2, '0')}:30,${user},GET /data/m/${movie}/${minute}.mpg`;
const runs = (window: Window) => window.rows.segments.map((run) => [run.firstMinute, run.lastMinute, run.lines]);

describe('runs of minutes', () => {
  test.each([
    ['one viewing is one run', [0, 1, 2, 3], [[0, 3, 4]]],
    [
      'a gap starts another',
      [0, 1, 5, 6],
      [
        [0, 1, 2],
        [5, 6, 2],
      ],
    ],
    ['a minute sent twice counts as a line', [0, 1, 1, 2], [[0, 2, 4]]],
    ['a run grows downwards, too', [5, 4, 3], [[3, 5, 3]]],
    ['a minute inside stays inside', [3, 4, 5, 4], [[3, 5, 4]]],
  ])('%s', async (_name, minutes, expected) => {
    expect(runs(await windowOf(minutes.map((minute, i) => watch(minute, i))))).toEqual(expected);
  });

  test('users and movies are kept apart', async () => {
    const window = await windowOf([watch(0), watch(1, 1, 6), watch(1, 2, 5, 'b+1999'), watch(1, 3)]);
    expect(runs(window)).toEqual([
      [0, 1, 2],
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  test('a run knows its first line, its times and where the window ends', async () => {
    const window = await windowOf([watch(3, 1), watch(4, 2)], 70);
    expect(window.rows.segments).toMatchObject([{ firstOffset: 70, lastTime: window.rows.segments[0].firstTime + 60 }]);
    expect({ next: window.nextOffset, lines: window.lines, seconds: window.logSeconds }).toEqual({
      next: 72,
      lines: 2,
      seconds: 60,
    });
  });

  test('whatever the order, every watch line is in exactly one run and no minute is lost or invented', async () => {
    const line = fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 2 }), fc.constantFrom('a+1999', 'b+1999'));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 60 }), async (lines) => {
        const texts = lines.map(([minute, user, movie], i) => watch(minute, i % 60, user, movie));
        const { rows, watchLines } = await windowOf(texts);
        expect(watchLines).toBe(lines.length);
        expect(rows.segments.reduce((sum, run) => sum + run.lines, 0)).toBe(lines.length);
        expect(new Set(rows.segments.map((run) => run.firstOffset)).size).toBe(rows.segments.length);
        const covered = new Set(
          rows.segments.flatMap(({ userId, itemId, firstMinute, lastMinute }) =>
            Array.from({ length: lastMinute - firstMinute + 1 }, (_, i) => `${userId} ${itemId} ${firstMinute + i}`),
          ),
        );
        expect(covered.size).toBe(new Set(lines.map(([minute, user, movie]) => `${user} ${movie} ${minute}`)).size);
      }),
    );
  });
});

describe('other lines', () => {
  test('a quarantined line is kept as text that any table can hold', async () => {
    const items = dictionary();
    const window = new Window(0);
    const bytes = Buffer.concat([Buffer.from('bad\u0000\n'), Buffer.from([0xff]), Buffer.from('é'.repeat(2_000))]);
    window.add({ line: { offset: 9, bytes }, parsed: parseSlowly(bytes, defaultLimits) }, items);
    const [row] = window.rows.quarantine;
    expect(row).toMatchObject({ offset: 9, reason: 'ENCODING' });
    expect(row.line.startsWith('bad\ufffd\ufffd\ufffdé')).toBe(true);
    expect(Buffer.byteLength(row.line)).toBeLessThanOrEqual(1_000);
    expect(row.line.endsWith('é')).toBe(true);
  });

  test('a request is known by time, user and the hash of its line', async () => {
    const line = '2031-05-06T07:08:09.149,5,recommendation request h:1, status 200, result: a+1999, b+2000, 7 ms';
    const [row, other] = (await windowOf([line, line.replace('7 ms', '8 ms')])).rows.recommendations;
    expect(row).toMatchObject({ millisecond: 149, userId: 5, status: 200, latencyMs: 7, result: 'a+1999,b+2000' });
    expect(row.lineHash).toMatch(/^[0-9a-f]{16}$/);
    expect(other.lineHash).not.toBe(row.lineHash);
  });
});
