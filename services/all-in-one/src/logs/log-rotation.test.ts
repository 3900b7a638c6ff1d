import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@reelay/shared/observability';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLogFile } from '../embedded/log-file.ts';
import { createLogRotation, type LogRotationOptions } from './log-rotation.ts';

let folder: string;
let writer: number;
const problems: unknown[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-logs-'));
  writer = openSync(join(folder, 'gateway.log'), 'a');
  problems.length = 0;
});
afterEach(async () => {
  closeSync(writer);
  await rm(folder, { recursive: true, force: true });
});

const rotation = (change: Partial<LogRotationOptions> = {}) =>
  createLogRotation({
    folder,
    maxBytes: 100_000,
    keep: 5,
    clock: createManualClock(),
    onProblem: (error) => problems.push(error),
    ...change,
  });

let written = 0;
/** Lines of 100 bytes, numbered over the whole test. */
const write = (lines: number) => {
  for (let line = 0; line < lines; line++) writeSync(writer, `${String(written++).padEnd(99, '.')}\n`);
};

/** Numbers of all lines in the live file and its old ones, oldest file first. */
async function numbersKept(name = 'gateway.log'): Promise<number[]> {
  const files = (await readdir(folder)).filter((file) => file.startsWith(name));
  const ageOf = (file: string) => Number(file.slice(name.length + 1));
  const texts = files.toSorted((a, b) => ageOf(b) - ageOf(a)).map((file) => readFile(join(folder, file), 'utf8'));
  return (await Promise.all(texts)).flatMap((text) => text.split('\n').filter(Boolean).map(Number.parseFloat));
}

const allOf = (from: number, to: number) => Array.from({ length: to - from }, (_, place) => from + place);

describe('rotation', () => {
  beforeEach(() => void (written = 0));

  const rotateAFew = async (after: () => void = () => {}) => {
    for (let round = 0; round < 4; round++) {
      write(1_100);
      expect(await rotation().look()).toBe(1);
      after();
      write(7);
    }
    return numbersKept();
  };

  test('keeps every line once and in order, and the writer goes on in the same file', async () => {
    expect(await rotateAFew()).toEqual(allOf(0, 4 * 1_107));
    expect((await stat(join(folder, 'gateway.log'))).size).toBe(700);
  });

  test('that lost lines would be told', async () => {
    const kept = await rotateAFew(() => truncateSync(join(folder, 'gateway.log.1'), 50_000));
    expect(kept).not.toEqual(allOf(0, 4 * 1_107));
  });

  test('keeps so many old files and no more, the newest lines in them', async () => {
    for (let round = 0; round < 9; round++) {
      write(1_000);
      await rotation({ keep: 3 }).look();
    }
    expect((await readdir(folder)).toSorted()).toEqual([
      'gateway.log',
      ...[1, 2, 3].map((age) => `gateway.log.${age}`),
    ]);
    expect(await numbersKept()).toEqual(allOf(6_000, 9_000));
  });

  test('removes what a larger number of files left behind, and nothing else', async () => {
    for (const name of ['gateway.log.4', 'gateway.log.17', 'gateway.log.old', 'notes.txt'])
      await writeFile(join(folder, name), '');
    write(1_000);
    await rotation({ keep: 2 }).look();
    expect((await readdir(folder)).toSorted()).toEqual([
      'gateway.log',
      'gateway.log.1',
      'gateway.log.old',
      'notes.txt',
    ]);
  });

  test('leaves small files alone', async () => {
    write(999);
    expect(await rotation().look()).toBe(0);
    expect(await readdir(folder)).toEqual(['gateway.log']);
  });

  test('what is written while it copies is kept, too', async () => {
    write(30_000);
    const copying = new AbortController();
    const looking = rotation()
      .look()
      .finally(() => copying.abort());
    while (!copying.signal.aborted) {
      write(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await looking;
    expect(written).toBeGreaterThan(30_000);
    expect(await numbersKept()).toEqual(allOf(0, written));
  });

  test('a logger goes on in the file that was cut', async () => {
    const destination = openLogFile(join(folder, 'ingestor.log'));
    await once(destination, 'ready');
    const log = createLogger('ingestor', { destination });
    let rotated = 0;
    for (let round = 0; round < 5; round++) {
      for (let line = 0; line < 1_000; line++) log.info({ line: round * 1_000 + line }, 'a line');
      destination.flushSync();
      rotated += await rotation({ maxBytes: 50_000, keep: 9 }).look();
    }
    destination.flushSync();
    destination.end();
    await once(destination, 'close');
    const files = (await readdir(folder)).filter((name) => name.startsWith('ingestor'));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    const lines = texts.flatMap((text) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { line: number }).line),
    );
    expect(rotated).toBeGreaterThan(1);
    expect(lines.toSorted((a, b) => a - b)).toEqual(allOf(0, 5_000));
  });
});

test('the service looks once a second, and stops', async () => {
  const clock = createManualClock();
  const service = rotation({ clock });
  await service.start();
  await waitUntil('it waits', () => clock.pending === 1);
  write(1_000);
  clock.advance(1_000);
  await waitUntil('it rotated', async () => (await readdir(folder)).includes('gateway.log.1') && clock.pending === 1);
  await service.stop();
  await service.stop();
  expect(clock.pending).toBe(0);
  expect(problems).toEqual([]);
});

test('a folder that is not there yet is no problem; a failure is told once until it works again', async () => {
  expect(await rotation({ folder: join(folder, 'later') }).look()).toBe(0);
  expect(problems).toEqual([]);
  const broken = rotation({ folder: join(folder, 'gateway.log') });
  await broken.look();
  await broken.look();
  expect(problems).toHaveLength(1);
});
