import { expect, test } from 'vitest';
import { reasonIn, runCommand } from './run-command.ts';

test('a program gives its code and all that it said', async () => {
  const result = await runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  expect(result.code).toBe(3);
  expect(
    result.output
      .split('\n')
      .filter((line) => line !== '')
      .sort(),
  ).toEqual(['err', 'out']);
});

test('a program that is not there, or hangs, is a failure and not an exception', async () => {
  expect((await runCommand('no-such-program', [])).code).toBe(127);
  expect((await runCommand('sleep', ['600'], { withinMs: 50 })).code).not.toBe(0);
});

test('the reason is the last error line, else the last line', () => {
  expect(reasonIn('Reading lists\nE: Unable to locate package x\nbye\n')).toBe('E: Unable to locate package x');
  expect(reasonIn('[ERROR] Could not resolve\n[ERROR] \n')).toBe('[ERROR] Could not resolve');
  expect(reasonIn('one\ntwo\n')).toBe('two');
  expect(reasonIn('')).toBe('it said nothing');
});
