import { describe, expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** Two works of three steps each, whose steps are told; the first may fail. */
async function stepsOf(turns: Pick<Turns, 'run'>, fails = false): Promise<string[]> {
  const told: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    for (const step of [1, 2, 3]) {
      told.push(`${name}${step}`);
      await Promise.resolve();
      if (fails && name === 'a' && step === 2) throw new Error('a fails');
    }
  };
  await Promise.allSettled([turns.run(work('a')), turns.run(work('b'))]);
  return told;
}

describe('turns', () => {
  test('what is asked for later begins when the one before has ended', async () => {
    expect(await stepsOf(new Turns())).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  });

  test('planted: without turns the steps are mixed, and that is seen', async () => {
    expect(await stepsOf({ run: (work) => work() })).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  test('who fails is told so and keeps nobody waiting', async () => {
    const turns = new Turns();
    expect(await stepsOf(turns, true)).toEqual(['a1', 'a2', 'b1', 'b2', 'b3']);
    await expect(turns.run(() => Promise.reject(new Error('alone')))).rejects.toThrow('alone');
    expect(await turns.run(() => Promise.resolve(7))).toBe(7);
  });
});
