import type { ChaosTarget } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { takingTurns, Turn } from './take-turns.ts';

test('a target is not struck while a scene holds it, and a scene waits until it is back', async () => {
  const events: string[] = [];
  const note = (what: string) => async () => void events.push(what);
  const target: ChaosTarget = {
    name: 'broker',
    kill: note('kill'),
    stop: note('stop'),
    pause: note('pause'),
    resume: note('resume'),
    start: note('start'),
  };
  const turn = new Turn();
  const held = takingTurns(target, turn);
  const release = await turn.take();
  const killed = held.kill();
  await Promise.resolve();
  expect(events).toEqual([]);
  release();
  await killed;
  expect(events).toEqual(['kill']);
  const scene = turn.take().then((end) => (events.push('scene'), end()));
  await held.start();
  await scene;
  expect(events).toEqual(['kill', 'start', 'scene']);
});
