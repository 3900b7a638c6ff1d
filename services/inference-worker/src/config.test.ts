import { loadConfig } from '@reelay/shared/runtime';
import { expect, test } from 'vitest';
import { inferenceWorkerConfig } from './config.ts';

const slotsOf = (SLOTS?: string) => loadConfig(inferenceWorkerConfig, { SLOTS }).SLOTS;

test('a worker serves both tracks and slices of large jobs unless told otherwise', () => {
  expect(slotsOf()).toEqual(['stable', 'canary', 'batch']);
  expect(slotsOf('batch')).toEqual(['batch']);
  expect(slotsOf('canary, stable,canary')).toEqual(['canary', 'stable']);
});

test.each(['everything', 'stable,', ','])('slots %j are refused', (text) => {
  expect(() => slotsOf(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});
