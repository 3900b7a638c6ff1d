import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeadlineLine } from './deadline-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => {});
const late = () => new Error('late');

test('work that ends in time gives its result or its own error', async () => {
  const line = new DeadlineLine(100);
  await expect(line.within(Promise.resolve(7), late)).resolves.toBe(7);
  await expect(line.within(Promise.reject(new Error('own')), late)).rejects.toThrow('own');
});

test('each call fails at its own time, neither earlier nor with the first one', async () => {
  const line = new DeadlineLine(100);
  const ended: string[] = [];
  const begin = (name: string) => void line.within(never(), late).catch(() => ended.push(name));
  begin('a');
  await vi.advanceTimersByTimeAsync(60);
  begin('b');
  await vi.advanceTimersByTimeAsync(30);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(15);
  expect(ended).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(60);
  expect(ended).toEqual(['a', 'b']);
});

test('what has ended is not held beyond its time, and an idle line has no timer', async () => {
  const line = new DeadlineLine(100);
  for (let call = 0; call < 50; call++) await line.within(Promise.resolve(call), late);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(101);
  expect(vi.getTimerCount()).toBe(0);
  const after = line.within(never(), late).catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(101);
  expect(await after).toBe('late');
});
