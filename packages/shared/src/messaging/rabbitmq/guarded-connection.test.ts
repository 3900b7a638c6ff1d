import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GuardedConnection } from './guarded-connection.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const model = new EventEmitter();
  let ends = 0;
  return { model, guarded: new GuardedConnection(model, () => ends++), ends: () => ends };
}
const forever = () => new Promise<void>(() => {});

test('planted: without it, an error during the set-up is an uncaught one', () => {
  expect(() => new EventEmitter().emit('error', new Error('reset'))).toThrow('reset');
});

test('an error during the set-up harms nobody, and the set-up ends with the connection', async () => {
  const { model, guarded, ends } = open();
  const settingUp = guarded.setUp(forever, 3_000);
  model.emit('error', new Error('reset'));
  model.emit('close');
  await expect(settingUp).rejects.toThrow('closed while it was set up');
  expect([guarded.isOver, ends()]).toEqual([true, 1]);
});

test('a set-up that waits for something else notices the end', async () => {
  const { model, guarded } = open();
  const settingUp = guarded.setUp(forever, 3_000);
  model.emit('close');
  await expect(settingUp).rejects.toThrow('closed while it was set up');
});

test('a set-up that is built in the moment of the end is not taken for good', async () => {
  const { model, guarded } = open();
  let built = (): void => {};
  const settingUp = guarded.setUp(() => new Promise<void>((resolve) => (built = resolve)), 3_000);
  built();
  model.emit('close');
  await expect(settingUp).rejects.toThrow('closed while it was set up');
});

test('a peer that says nothing at all is given up after its time', async () => {
  const { guarded } = open();
  const settingUp = expect(guarded.setUp(forever, 3_000)).rejects.toThrow('took longer than 3000 ms');
  await vi.advanceTimersByTimeAsync(3_000);
  await settingUp;
});

test('an end after the set-up is told, and nothing is thrown', async () => {
  const { model, guarded, ends } = open();
  await guarded.setUp(async () => {}, 3_000);
  expect([guarded.isOver, ends()]).toEqual([false, 0]);
  model.emit('close');
  expect([guarded.isOver, ends()]).toEqual([true, 1]);
});
