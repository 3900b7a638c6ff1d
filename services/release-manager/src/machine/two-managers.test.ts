import { fc } from '@reelay/shared/testing/property-tests';
import { expect, test } from 'vitest';
import { applyEvent, settleRows } from '../apply-event.ts';
import { createTurns, killed, type StepEnd } from '../testing/interleaved-managers.ts';
import { changeProblems, planProblems } from './check-plan.ts';
import type { ReleaseEvent, ReleaseRules } from './events.ts';

const ids = ['1-aaaaaa', '2-bbbbbb', '3-cccccc', '4-dddddd'];
const rules: ReleaseRules = { steps: [5, 20, 100], undecidedAfterMs: 1_000 };

const anId = fc.constantFrom(...ids);
const anEvent: fc.Arbitrary<ReleaseEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom('accepted' as const, 'rollback' as const), version: anId }),
  fc.record({ type: fc.constant('promote' as const), version: fc.option(anId, { nil: undefined }) }),
  fc.record({
    type: fc.constant('verdict' as const),
    outcome: fc.constantFrom('better-or-equal' as const, 'worse' as const),
    epoch: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({ type: fc.constantFrom('time' as const, 'abort' as const, 'hold' as const, 'resume' as const) }),
);
const anEnd = fc.constantFrom<StepEnd>('done', 'done', 'done', 'done', 'done', 'killed before', 'killed after');
const aTurn = fc.record({ pick: fc.nat({ max: 7 }), end: anEnd });
const aRun = fc.record({
  managers: fc.array(fc.array(anEvent, { minLength: 5, maxLength: 10, size: 'max' }), { minLength: 2, maxLength: 2 }),
  turns: fc.array(aTurn, { minLength: 20, maxLength: 60, size: 'max' }),
});
type Run = typeof aRun extends fc.Arbitrary<infer T> ? T : never;

/** What two managers did to one ledger, at the turns and deaths of the run; then one starts anew and does what a round begins with. */
async function interleave({ managers, turns }: Run, compareAndSet: boolean) {
  const world = createTurns(ids, compareAndSet);
  let kills = 0;
  const live = async (events: ReleaseEvent[]): Promise<void> => {
    for (const [at, event] of events.entries()) {
      await applyEvent(world.deps, event, { by: 'reelay', at: at * 500, reason: event.type, rules }).catch(
        (error: unknown) => {
          if (error !== killed) throw error;
          kills++; // and another process takes over with the next event
        },
      );
    }
  };
  await driven(world.turn, turns, Promise.all(managers.map(live)));
  const plan = world.written.at(-1)!;
  await driven(
    world.turn,
    [],
    settleRows(world.deps, plan).then(() => world.deps.plans.announce(plan)),
  );
  return { ...world, plan, kills };
}

async function driven(turn: (pick: number, end: StepEnd) => boolean, turns: Run['turns'], work: Promise<unknown>) {
  const life = { over: false };
  const ended = work.finally(() => (life.over = true));
  for (let at = 0; !life.over; at++) {
    const { pick, end } = turns[at] ?? { pick: 0, end: 'done' };
    turn(pick, end);
    for (let rest = 0; rest < 12; rest++) await Promise.resolve(); // until everybody who goes on waits again
  }
  await ended;
}

async function check(run: Run, compareAndSet: boolean): Promise<{ changes: number; kills: number }> {
  const { written, rows, plan, heard, kills } = await interleave(run, compareAndSet);
  const problems = written
    .slice(1)
    .flatMap((after, at) => [...planProblems(after), ...changeProblems(written[at], after)]);
  if (problems.length > 0) throw new Error(problems.join('; '));
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  if (plan.stable !== null && states.get(plan.stable) !== 'released')
    throw new Error('a stable version that is not released');
  if (plan.withdrawn.some((id) => states.get(id) !== 'withdrawn')) throw new Error('a withdrawn version that is not');
  if (heard().epoch !== plan.epoch) throw new Error('readers have not heard the last plan');
  return { changes: written.length - 1, kills };
}

test('10,000 times two managers at once, killed at random steps: no update is lost, every plan is legal, rows and readers follow', async () => {
  const total = { runs: 0, changes: 0, kills: 0 };
  const property = fc.asyncProperty(aRun, async (run) => {
    const { changes, kills } = await check(run, true);
    total.runs++;
    total.changes += changes;
    total.kills += kills;
  });
  await fc.assert(property, { numRuns: 10_000, seed: 8 });
  expect(total.runs).toBe(10_000);
  expect(total.changes).toBeGreaterThan(10_000);
  expect(total.kills).toBeGreaterThan(10_000);
}, 120_000);

test('planted: without compare-and-set updates are lost, and that check sees it', async () => {
  const property = fc.asyncProperty(aRun, async (run) => void (await check(run, false)));
  await expect(fc.assert(property, { numRuns: 1_000, seed: 8, endOnFailure: true })).rejects.toThrow();
});
