import { trackFor, type Plan } from '@reelay/shared/contracts';
import { openLedger } from '@reelay/shared/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyEvent } from './apply-event.ts';
import type { ReleaseEvent } from './machine/events.ts';
import { openReleaseWorld, type ReleaseWorld } from './testing/release-world.ts';

const users = Array.from({ length: 100_000 }, (_, at) => at + 1);
const rules = { steps: [20, 50, 100], undecidedAfterMs: 1e9 };

let world: ReleaseWorld;
let versions: string[];
beforeEach(async () => {
  world = await openReleaseWorld();
  versions = [await world.addCandidate(), await world.addCandidate(), await world.addCandidate()];
  await happens({ type: 'accepted', version: versions[0] });
});
afterEach(() => world.dispose());

async function happens(event: ReleaseEvent): Promise<Plan> {
  await applyEvent(world, event, { by: 'reelay', at: 0, reason: '', rules });
  return world.ledger.plan();
}
const canaryOf = (plan: Plan): Set<number> => new Set(users.filter((user) => trackFor(user, plan) === 'canary'));

test('of 100,000 users 20,000 are on the canary, give or take 500; the next release draws anew: about a fifth of them again', async () => {
  const first = canaryOf(await happens({ type: 'accepted', version: versions[1] }));
  expect(Math.abs(first.size - 20_000)).toBeLessThanOrEqual(500);
  await happens({ type: 'abort' });
  const second = canaryOf(await happens({ type: 'accepted', version: versions[2] }));
  expect(Math.abs(second.size - 20_000)).toBeLessThanOrEqual(500);
  const again = [...second].filter((user) => first.has(user)).length;
  expect(Math.abs(again / second.size - 0.2)).toBeLessThanOrEqual(0.01);
});

test('the same version released a second time draws anew, too', async () => {
  const first = canaryOf(await happens({ type: 'accepted', version: versions[1] }));
  await happens({ type: 'promote' });
  await happens({ type: 'rollback', version: versions[0] });
  await happens({ type: 'promote', version: versions[2] });
  const plan = await world.ledger.plan();
  const other = canaryOf({ ...plan, canary: versions[1], share: 0.2 });
  const again = [...other].filter((user) => first.has(user)).length;
  expect(Math.abs(again / other.size - 0.2)).toBeLessThanOrEqual(0.01);
});

test('who is on the canary stays there: through a restart, a hold and a larger share', async () => {
  const before = canaryOf(await happens({ type: 'accepted', version: versions[1] }));
  await happens({ type: 'hold' });
  await happens({ type: 'resume' });
  const url = `sqlite:${world.folder}/ledger.db`;
  const reopened = await openLedger(url);
  const plan = await reopened.plan();
  await reopened.close();
  expect(canaryOf(plan)).toEqual(before);
  const wider = canaryOf(await happens({ type: 'verdict', outcome: 'better-or-equal', epoch: plan.epoch }));
  expect(Math.abs(wider.size - 50_000)).toBeLessThanOrEqual(500);
  expect([...before].every((user) => wider.has(user))).toBe(true);
});

test('planted: a salt that stays draws the same users again, and that check sees it', async () => {
  const plan = await happens({ type: 'accepted', version: versions[1] });
  const [first, second] = [canaryOf(plan), canaryOf({ ...plan, canary: versions[2] })];
  const again = [...second].filter((user) => first.has(user)).length;
  expect(Math.abs(again / second.size - 0.2)).toBeGreaterThan(0.01);
});
