import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { tracksFor, versionsFor, type WorkerRole } from './choose-tracks.ts';

const alone: Plan = { ...emptyPlan, epoch: 1, stable: 'a' };
const canary: Plan = { ...alone, epoch: 2, canary: 'b', share: 0.2 };
const role = (slot: WorkerRole['slot'], aboveShare = 0): WorkerRole => ({ slot, aboveShare });
const all = (): boolean => true;
const none = (): boolean => false;

test('one worker for both slots holds and takes everything', () => {
  expect(versionsFor(role('both'), canary)).toEqual(['a', 'b']);
  expect(tracksFor(role('both'), canary, all)).toEqual(['stable', 'canary']);
});

test('a worker of stable never holds the canary, nor takes its jobs', () => {
  expect(versionsFor(role('stable'), canary)).toEqual(['a']);
  expect(tracksFor(role('stable'), canary, all)).toEqual(['stable']);
});

test('a worker of the canary takes the canary alone, once it has it, and keeps stable warm', () => {
  expect(versionsFor(role('canary'), canary)).toEqual(['a', 'b']);
  expect(tracksFor(role('canary'), canary, all)).toEqual(['canary']);
  expect(tracksFor(role('canary'), canary, none)).toEqual(['stable', 'canary']);
});

test('without a canary, and after its promotion, every worker serves stable', () => {
  for (const slot of ['stable', 'canary', 'both'] as const) {
    expect(versionsFor(role(slot), alone)).toEqual(['a']);
    expect(tracksFor(role(slot), { ...alone, stable: 'b' }, all)).toContain('stable');
    expect(tracksFor(role(slot), undefined, none)).toContain('stable');
  }
});

test('the number of canary workers follows the share', () => {
  const roles = [role('stable'), role('canary', 0), role('canary', 0.5), role('canary', 0.25), role('canary', 0.75)];
  const serving = (share: number) =>
    roles.filter((one) => tracksFor(one, { ...canary, share }, all).includes('canary')).length;
  expect([0.05, 0.2, 0.3, 0.6, 0.9].map(serving)).toEqual([1, 1, 2, 3, 4]);
  for (const share of [0.2, 0.6])
    expect(roles.filter((one) => tracksFor(one, { ...canary, share }, all).includes('stable'))).toHaveLength(
      roles.length - serving(share),
    );
});

test('before the first release there is nothing to hold', () => {
  expect(versionsFor(role('canary'), emptyPlan)).toEqual([]);
});
