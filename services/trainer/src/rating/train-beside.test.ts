import { expect, test } from 'vitest';
import { trainBeside } from './train-beside.ts';

/** Ends when it is told to, and says that it has. */
function endless() {
  const state = { ended: false };
  const train = (signal: AbortSignal) =>
    new Promise<string>((_, reject) =>
      signal.addEventListener('abort', () => {
        state.ended = true;
        reject(new Error('given up'));
      }),
    );
  return { state, train };
}

test('what is worth something is what was trained', async () => {
  const both = await trainBeside(
    async () => 0.3,
    async () => 'trained',
  );
  expect(both).toEqual({ worth: 0.3, trained: 'trained' });
});

test('what is worth nothing is given up', async () => {
  const { state, train } = endless();
  expect(await trainBeside(async () => 0, train)).toBeUndefined();
  expect(state.ended).toBe(true);
});

test('a training that fails long before it turns out to be worth nothing harms nobody', async () => {
  const measured = Promise.withResolvers<number>();
  const training = trainBeside(
    () => measured.promise,
    () => Promise.reject(new Error('no solution')),
  );
  // A rejection that nobody handles is told at the end of a turn; it would fail this test.
  await new Promise((resolve) => setImmediate(resolve));
  measured.resolve(0);
  expect(await training).toBeUndefined();
});

test('a failure of what is worth something is told, and one of the measuring ends the training', async () => {
  const fails = () => Promise.reject(new Error('no solution'));
  await expect(trainBeside(async () => 0.3, fails)).rejects.toThrow('no solution');
  const { state, train } = endless();
  await expect(trainBeside(fails, train)).rejects.toThrow('no solution');
  expect(state.ended).toBe(true);
});

test('a stop from outside reaches both', async () => {
  const aborter = new AbortController();
  const { state, train } = endless();
  const { train: measure } = endless();
  const training = trainBeside((signal) => measure(signal) as Promise<never>, train, aborter.signal);
  aborter.abort();
  await expect(training).rejects.toThrow('given up');
  expect(state.ended).toBe(true);
});
