import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { openPlans } from '@reelay/shared/messaging';
import { createMemoryLogger } from '@reelay/shared/observability';
import { expect, test } from 'vitest';
import { announcePlan } from './announce-plan.ts';

const planOf = (epoch: number): Plan => ({ ...emptyPlan, epoch, stable: `${epoch}-abc123` });
const depsFor = async (stored: Plan) => {
  const plans = await openPlans('memory:');
  return { plans, ledger: { plan: async () => stored }, ...createMemoryLogger() };
};

test('a store that lost the plan hears it again', async () => {
  const deps = await depsFor(planOf(3));
  expect((await announcePlan(deps)).outcome).toBe('announced');
  expect(await deps.plans.current()).toEqual(planOf(3));
});

test('a store that is behind hears the newer one', async () => {
  const deps = await depsFor(planOf(3));
  await deps.plans.announce(planOf(2));
  expect((await announcePlan(deps)).outcome).toBe('announced');
  expect(await deps.plans.current()).toEqual(planOf(3));
});

test('a store that knows the plan is left alone', async () => {
  const deps = await depsFor(planOf(3));
  await deps.plans.announce(planOf(3));
  let announced = 0;
  await deps.plans.watch(() => announced++);
  expect((await announcePlan(deps)).outcome).toBe('same');
  expect(announced).toBe(1); // the one that a new watcher is told
});

test('before the first release there is nothing to announce', async () => {
  const deps = await depsFor(emptyPlan);
  expect((await announcePlan(deps)).outcome).toBe('none');
  expect(await deps.plans.current()).toBeNull();
});

test('a store that is ahead of the ledger is told to a person, not overwritten', async () => {
  const deps = await depsFor(planOf(3));
  await deps.plans.announce(planOf(9));
  expect((await announcePlan(deps)).outcome).toBe('ahead');
  expect(deps.lines).toMatchObject([{ epoch: 3, announced: 9 }]);
});
