import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import type { VersionRow } from '@reelay/shared/storage';
import { fc } from '@reelay/shared/testing/property-tests';
import { expect, test } from 'vitest';
import { planProblems } from './check-plan.ts';
import { decide } from './decide.ts';
import type { Decision, EventContext, ReleaseEvent } from './events.ts';
import { rowChanges } from './settle-rows.ts';
import { asModel, moveModel, newModel, type Happening } from './simple-model.ts';

const limitMs = 1_000;
const ids = ['1-aaaaaa', '2-bbbbbb', '3-cccccc', '4-dddddd', '5-eeeeee'];
const anId = fc.constantFrom(...ids);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('accepted' as const), version: anId }),
  fc.record({ what: fc.constant('rollback' as const), version: anId }),
  fc.record({ what: fc.constant('promote' as const), version: fc.option(anId) }),
  fc.record({ what: fc.constantFrom('better' as const, 'worse' as const, 'undecided' as const), fresh: fc.boolean() }),
  fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 0, max: limitMs }) }),
  fc.record({ what: fc.constantFrom('abort' as const, 'hold' as const, 'resume' as const) }),
);
const someSteps = fc.constantFrom<number[]>([20, 100], [5, 20, 50, 100], [100]);
const histories = 10_000;

const outcomes = { better: 'better-or-equal', worse: 'worse', undecided: 'undecided' } as const;
function eventOf(happened: Happening, { epoch }: Plan): ReleaseEvent {
  switch (happened.what) {
    case 'better':
    case 'worse':
    case 'undecided':
      return { type: 'verdict', outcome: outcomes[happened.what], epoch: happened.fresh ? epoch : epoch - 1 };
    case 'promote':
      return { type: 'promote', version: happened.version ?? undefined };
    case 'accepted':
    case 'rollback':
      return { type: happened.what, version: happened.version };
    default:
      return { type: happened.what };
  }
}

const candidateRow = (id: string, at: number): VersionRow => {
  const told = { reason: '', manifest: '{}', createdAt: 0 };
  return { id, number: at + 1, state: 'candidate', ...told };
};

/** `expect` takes too long for a million comparisons. */
function mustBe(found: unknown, wanted: unknown, after: Happening): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (is !== should) throw new Error(`after ${JSON.stringify(after)}: ${is}, not ${should}`);
}

type Machine = (plan: Plan, event: ReleaseEvent, context: EventContext) => Decision;

/** One history, checked after each event; what was wrong with the last plan is thrown. */
function follow(machine: Machine, steps: number[], history: Happening[]): { plan: Plan; changes: number } {
  const model = newModel();
  const rows = ids.map(candidateRow);
  let plan = emptyPlan;
  let at = 0;
  for (const happened of history) {
    if (happened.what === 'time') at += happened.ms;
    const versions = new Map(rows.map((row) => [row.id, row.state]));
    const rules = { steps, undecidedAfterMs: limitMs };
    const decision = machine(plan, eventOf(happened, plan), { by: 'reelay', at, reason: '', rules, versions });
    const mustChange = moveModel(model, happened, steps, limitMs);
    mustBe(decision.kind === 'changed', mustChange, happened);
    if (decision.kind === 'changed') plan = decision.plan;
    for (const { id, state } of rowChanges(plan, rows)) rows.find((row) => row.id === id)!.state = state;
    mustBe(rowChanges(plan, rows), [], happened);
    if (plan.epoch > 0) mustBe(planProblems(plan), [], happened);
    const { stable, canary, percent, held, gone } = model;
    mustBe(asModel(plan), { stable, canary, percent, held, gone: gone.toSorted() }, happened);
  }
  return { plan, changes: plan.epoch };
}

test('10,000 random histories end as the simple model says, with one stable version at every step', () => {
  let run = 0;
  let changes = 0;
  const property = fc.property(
    someSteps,
    fc.array(happening, { minLength: 10, maxLength: 40, size: 'max' }),
    (steps, history) => {
      run++;
      changes += follow(decide, steps, history).changes;
    },
  );
  fc.assert(property, { numRuns: histories, seed: 8 });
  expect(run).toBe(histories);
  expect(changes).toBeGreaterThan(5 * histories);
}, 120_000);

const faults: [string, Machine][] = [
  ['an abort that forgets to withdraw', withPlan('aborted', (plan) => ({ ...plan, withdrawn: [] }))],
  [
    'a promotion that leaves the canary',
    withPlan('promoted', (plan) => ({ ...plan, canary: plan.stable, share: 0.2 })),
  ],
  [
    'a verdict taken for any epoch',
    (plan, event, context) => decide(plan, { ...event, epoch: plan.epoch } as ReleaseEvent, context),
  ],
  [
    'a canary that nobody gives up',
    (plan, event, context) => (event.type === 'time' ? { kind: 'ignored', reason: '' } : decide(plan, event, context)),
  ],
];
test.each(faults)('planted: %s is found', (_what, machine) => {
  const property = fc.property(
    someSteps,
    fc.array(happening, { minLength: 10, maxLength: 40, size: 'max' }),
    (steps, history) => {
      follow(machine, steps, history);
    },
  );
  expect(() => fc.assert(property, { numRuns: 500, seed: 8, endOnFailure: true })).toThrow();
});

function withPlan(change: string, spoil: (plan: Plan) => Plan): Machine {
  return (plan, event, context) => {
    const decision = decide(plan, event, context);
    return decision.kind === 'changed' && decision.change === change
      ? { ...decision, plan: spoil(decision.plan) }
      : decision;
  };
}
