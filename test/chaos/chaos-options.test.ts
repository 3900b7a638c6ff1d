import { expect, test } from 'vitest';
import { chaosParts, fullChaos, readOptions } from './chaos-options.ts';

test('without options it is the whole chaos, with a seed that was drawn', () => {
  expect(readOptions([], 7)).toEqual({ seed: 7, parts: chaosParts, ...fullChaos });
});

test('all can be chosen', () => {
  const args = ['--seed', '3', '--lines', '5000', '--faults', '2', '--members', '0', '--only', 'ingest'];
  expect(
    readOptions([...args, '--request-faults', '9', '--rate', '50', '--kills', '4', '--corruptions', '6'], 7),
  ).toEqual({
    seed: 3,
    parts: ['ingest'],
    lines: 5_000,
    faults: 2,
    members: 0,
    requestFaults: 9,
    rate: 50,
    kills: 4,
    corruptions: 6,
  });
  expect(readOptions(['--help'], 7)).toBe('help');
});

test.each([
  [['--faults', 'many'], '--faults is a whole number, at least 1, not "many"'],
  [['--lines', '10'], '--lines is a whole number, at least 1000'],
  [['--only', 'answers'], '--only knows ingest, requests, releases, corruption, not'],
  [['--speed', '9'], '--speed'],
])('%j is refused with a sentence', (args, sentence) => {
  expect(() => readOptions(args, 7)).toThrow(sentence);
});
