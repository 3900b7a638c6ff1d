import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

/**
 * `kill`: gone without a word, started again later. `pause`: held (SIGSTOP), connections stay open, then goes on. `restart`: asked to end,
 * started again later.
 */
export type FaultKind = 'kill' | 'pause' | 'restart';

export const faultKinds: readonly FaultKind[] = ['kill', 'pause', 'restart'];

/** Shortest and longest, in milliseconds. */
export type Span = readonly [minMs: number, maxMs: number];

export interface PlannedFault {
  /** From 0, in the order of the plan. */
  index: number;
  target: string;
  kind: FaultKind;
  /** Between the strike before (or the start) and this one, when nothing holds it up. */
  gapMs: number;
  /** Between the strike and the start or resumption. */
  lastsMs: number;
}

export interface ChaosPlanOptions {
  seed: number;
  /** Names of the targets, each with the faults it can bear. */
  targets: readonly { name: string; kinds?: readonly FaultKind[] }[];
  faults: number;
  /** Time between two strikes. */
  spacing: Span;
  /** How long a victim is away. */
  lasts?: Span;
}

const lastsStandard: Span = [200, 2_000];

/**
 * The same faults for the same seed and targets. Drawn from a bag that holds each kind for each target once and is filled again when empty, so
 * that no target and no kind is left out by chance; one target is not struck twice in a row where another can be.
 */
export function planChaos({ seed, targets, faults, spacing, lasts = lastsStandard }: ChaosPlanOptions): PlannedFault[] {
  const random = createSeededRandom(seed);
  const all = targets.flatMap(({ name, kinds = faultKinds }) => kinds.map((kind) => ({ target: name, kind })));
  if (all.length === 0) throw new Error('chaos needs a target that bears a fault');
  const plan: PlannedFault[] = [];
  let bag: typeof all = [];
  while (plan.length < faults) {
    if (bag.length === 0) bag = random.shuffled(all);
    const { target, kind } = draw(bag, plan.at(-1)?.target);
    plan.push({ index: plan.length, target, kind, ...times(random, spacing, lasts) });
  }
  return plan;
}

const times = (random: SeededRandom, spacing: Span, lasts: Span) => ({
  gapMs: random.between(spacing),
  lastsMs: random.between(lasts),
});

/** The first of the bag that is not of the target before, else the first. */
function draw<T extends { target: string }>(bag: T[], before: string | undefined): T {
  const other = bag.findIndex(({ target }) => target !== before);
  return bag.splice(Math.max(0, other), 1)[0];
}
