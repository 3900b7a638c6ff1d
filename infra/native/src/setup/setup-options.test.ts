import { expect, test } from 'vitest';
import { nativeServerNames } from '../server-name.ts';
import { parseSetupOptions } from './setup-options.ts';

test('without arguments everything is asked for, and nobody has agreed yet', () => {
  expect(parseSetupOptions([])).toEqual({ help: false, yes: false, only: nativeServerNames });
});

test('a choice of servers is read with commas, spaces and repeats', () => {
  expect(parseSetupOptions(['--', '--only', 'redis, kafka', '--only', 'redis', '-y'])).toEqual({
    help: false,
    yes: true,
    only: ['redis', 'kafka'],
  });
});

test.each([['--only', 'postgres'], ['--only', ''], ['--only'], ['--force'], ['redis']])(
  'an unknown argument is refused with a cure: %s %s',
  (...args) => {
    expect(() => parseSetupOptions(args)).toThrowError(expect.objectContaining({ code: 'SETUP_FAILED' }));
  },
);
