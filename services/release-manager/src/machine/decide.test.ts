import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import type { VersionState } from '@reelay/shared/storage';
import { describe, expect, test } from 'vitest';
import { planProblems } from './check-plan.ts';
import { decide } from './decide.ts';
import type { Decision, EventContext, ReleaseEvent, ReleaseEventType } from './events.ts';

const versions = new Map<string, VersionState>([
  ['1-aaaaaa', 'released'],
  ['2-bbbbbb', 'released'],
  ['3-cccccc', 'candidate'],
  ['4-dddddd', 'refused'],
]);
const rules = { steps: [20, 100], undecidedAfterMs: 5_000 };
const context: EventContext = { by: 'reelay', at: 1_000, reason: 'because', versions, rules };
const told = (plan: Plan, event: ReleaseEvent, change: Partial<EventContext> = {}): Decision =>
  decide(plan, event, { ...context, ...change });
const changedBy = (plan: Plan, event: ReleaseEvent, change: Partial<EventContext> = {}): Plan => {
  const decision = told(plan, event, change);
  if (decision.kind !== 'changed') throw new Error(`${event.type}: ${decision.kind}, ${decision.reason}`);
  expect(planProblems(decision.plan)).toEqual([]);
  return decision.plan;
};

const idle = changedBy(
  changedBy(emptyPlan, { type: 'accepted', version: '1-aaaaaa' }),
  { type: 'promote', version: '2-bbbbbb' },
  { by: 'ada' },
);
const canary = changedBy(idle, { type: 'accepted', version: '3-cccccc' });
const held = changedBy(canary, { type: 'hold' });
const heldIdle = changedBy(idle, { type: 'hold' });

const events: Record<ReleaseEventType, ReleaseEvent> = {
  accepted: { type: 'accepted', version: '3-cccccc' },
  verdict: { type: 'verdict', outcome: 'better-or-equal', epoch: canary.epoch },
  time: { type: 'time' },
  promote: { type: 'promote' },
  abort: { type: 'abort' },
  rollback: { type: 'rollback', version: '1-aaaaaa' },
  hold: { type: 'hold' },
  resume: { type: 'resume' },
};

/** As docs/releases.md has it: what happens, by event and state. */
const table: [ReleaseEventType, empty: string, idle: string, canary: string, held: string, heldIdle: string][] = [
  ['accepted', 'promoted', 'canary', 'ignored', 'ignored', 'ignored'],
  ['verdict', 'ignored', 'ignored', 'promoted', 'ignored', 'ignored'],
  ['time', 'ignored', 'ignored', 'aborted', 'ignored', 'ignored'],
  ['promote', 'refused', 'refused', 'promoted', 'promoted', 'refused'],
  ['abort', 'refused', 'refused', 'aborted', 'aborted', 'refused'],
  ['rollback', 'refused', 'rolled-back', 'rolled-back', 'rolled-back', 'rolled-back'],
  ['hold', 'refused', 'held', 'held', 'ignored', 'ignored'],
  ['resume', 'refused', 'ignored', 'ignored', 'resumed', 'resumed'],
];
describe.each(table)('%s', (type, ...expected) => {
  const states = { empty: emptyPlan, idle, canary, held, heldIdle };
  test.each(Object.entries(states).map(([name, plan], at) => [name, expected[at], plan] as const))(
    'in state %s: %s',
    (_name, outcome, plan) => {
      const event = type === 'verdict' ? { ...events.verdict, epoch: plan.epoch } : events[type];
      const decision = told(plan, event, { at: 99_000 });
      expect(decision.kind === 'changed' ? decision.change : decision.kind).toBe(outcome);
      if (decision.kind === 'changed') expect(planProblems(decision.plan)).toEqual([]);
    },
  );
});

test('a canary serves its share beside the same stable version, with a salt of its own', () => {
  expect(canary).toMatchObject({ stable: '2-bbbbbb', canary: '3-cccccc', share: 0.2, epoch: idle.epoch + 1 });
  expect(canary.salt).not.toBe(idle.salt);
  expect(canary.release).toMatchObject({ state: 'canary', previous: '2-bbbbbb', by: 'reelay', reason: 'because' });
});

test('a better canary goes up step by step with the same salt, and then serves everybody', () => {
  const rules = { steps: [5, 20, 50, 100], undecidedAfterMs: 5_000 };
  let plan = changedBy(idle, events.accepted, { rules });
  const { salt } = plan;
  const shares = [plan.share];
  while (plan.canary !== null) {
    plan = changedBy(plan, { type: 'verdict', outcome: 'better-or-equal', epoch: plan.epoch }, { rules });
    shares.push(plan.share);
    expect(plan.salt).toBe(salt);
  }
  expect(shares).toEqual([0.05, 0.2, 0.5, 0]);
  expect(plan).toMatchObject({
    stable: '3-cccccc',
    canary: null,
    release: { state: 'promoted', previous: '2-bbbbbb' },
  });
});

test('a worse one is withdrawn, held or not; the stable version stays', () => {
  for (const plan of [canary, held]) {
    const after = changedBy(plan, { type: 'verdict', outcome: 'worse', epoch: plan.epoch }, { reason: 'too slow' });
    expect(after).toMatchObject({ stable: '2-bbbbbb', canary: null, share: 0, withdrawn: ['3-cccccc'] });
    expect(after.release).toMatchObject({ state: 'aborted', version: '3-cccccc', reason: 'too slow' });
  }
});

test('a verdict on another epoch says nothing about this plan', () => {
  for (const outcome of ['worse', 'better-or-equal'] as const) {
    expect(told(canary, { type: 'verdict', outcome, epoch: canary.epoch - 1 }).kind).toBe('ignored');
  }
});

test('steps of 100 alone: at once, and the version before is known, for a rollback', () => {
  const rules = { steps: [100], undecidedAfterMs: 5_000 };
  const plan = changedBy(idle, events.accepted, { rules });
  expect(plan).toMatchObject({ stable: '3-cccccc', canary: null, release: { previous: '2-bbbbbb' }, withdrawn: [] });
});

test('a rollback withdraws what it takes the place of, and the canary; a way back is open', () => {
  const back = changedBy(canary, { type: 'rollback', version: '1-aaaaaa' }, { by: 'ada' });
  expect(back).toMatchObject({ stable: '1-aaaaaa', canary: null, share: 0 });
  expect(back.withdrawn.toSorted()).toEqual(['2-bbbbbb', '3-cccccc']);
  expect(back.release).toMatchObject({ state: 'rolled-back', by: 'ada' });
  const forth = changedBy(back, { type: 'rollback', version: '2-bbbbbb' });
  expect(forth).toMatchObject({ stable: '2-bbbbbb', withdrawn: ['3-cccccc', '1-aaaaaa'] });
});

test.each([
  ['an unknown version', { type: 'rollback', version: '9-zzzzzz' }],
  ['one that never served', { type: 'rollback', version: '4-dddddd' }],
  ['the stable one', { type: 'rollback', version: '2-bbbbbb' }],
  ['the canary', { type: 'rollback', version: '3-cccccc' }],
  ['an unknown version', { type: 'promote', version: '9-zzzzzz' }],
  ['another than the canary', { type: 'promote', version: '1-aaaaaa' }],
] as [string, ReleaseEvent][])('%s is refused (%o)', (_what, event) => {
  expect(told(canary, event).kind).toBe('refused');
});

test('a person may promote what the gate refused', () => {
  expect(changedBy(idle, { type: 'promote', version: '4-dddddd' }, { by: 'ada' })).toMatchObject({
    stable: '4-dddddd',
  });
});

test('while held no time passes; after it the step has its whole time again', () => {
  const resumed = changedBy(held, { type: 'resume' }, { at: 50_000 });
  expect(told(resumed, events.time, { at: 54_999 }).kind).toBe('ignored');
  expect(told(resumed, events.time, { at: 55_000 })).toMatchObject({ kind: 'changed', change: 'aborted' });
});

test('the check of plans finds what is not legal', () => {
  expect(planProblems(canary)).toEqual([]);
  const broken: Partial<Plan>[] = [
    { stable: null },
    { share: 0 },
    { share: 1.2 },
    { canary: '2-bbbbbb' },
    { canary: null },
    { withdrawn: ['2-bbbbbb'] },
    { withdrawn: ['3-cccccc'] },
    { withdrawn: ['0-x', '0-x'] },
  ];
  for (const change of broken) expect(planProblems({ ...canary, ...change }).length).toBeGreaterThan(0);
});
