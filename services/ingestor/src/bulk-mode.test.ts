import { expect, test } from 'vitest';
import { BulkMode } from './bulk-mode.ts';

test('two ids are tried together; a list decides for many at once', () => {
  const mode = new BulkMode(200);
  expect(mode.idsAtOnce).toBe(2);
  mode.listed();
  expect(mode.idsAtOnce).toBe(200);
});

test('no list for two that exist decides for one at a time', () => {
  const mode = new BulkMode(200);
  mode.refused(['1', '2']);
  mode.exists('1');
  expect(mode.state).toBe('undecided');
  mode.exists('2');
  expect(mode.idsAtOnce).toBe(1);
});

test('no list for ids that do not exist decides nothing, until it has happened five times', () => {
  const mode = new BulkMode(200);
  for (let probe = 1; probe < 5; probe++) mode.refused(['1', '2']);
  expect(mode.state).toBe('undecided');
  mode.refused(['9', '10']);
  expect(mode.state).toBe('single');
});

test('one refusal does not end asking in bulk, many in a row do', () => {
  const mode = new BulkMode(200);
  mode.listed();
  for (let refusal = 0; refusal < 4; refusal++) mode.refused(['1', '2']);
  mode.listed();
  mode.refused(['1', '2']);
  mode.exists('1');
  mode.exists('2');
  expect(mode.state).toBe('bulk');
  for (let refusal = 0; refusal < 4; refusal++) mode.refused(['1', '2']);
  expect(mode.state).toBe('single');
});

test('it is never tried where it is switched off', () => {
  expect(new BulkMode(1).idsAtOnce).toBe(1);
});
