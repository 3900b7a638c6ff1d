import { emptyPlan, noUserSums, trackFor } from '@reelay/shared/contracts';
import type { CanaryEvidence, TrackEvidence } from '../verdict/evidence.ts';
import { judgeCanary } from '../verdict/judge-canary.ts';
import { bucketOf, meanMs, noLatencies } from '../verdict/latency-counts.ts';
import type { VerdictRules } from '../verdict/rules.ts';

/** What is wrong with the canary of a simulated release. */
export const releaseKinds = {
  identical: { watchFactor: 1, extraMs: 0, extraUnanswered: 0 },
  'watched 5 % less': { watchFactor: 0.95, extraMs: 0, extraUnanswered: 0 },
  '60 ms slower': { watchFactor: 1, extraMs: 60, extraUnanswered: 0 },
  '2 points more failures': { watchFactor: 1, extraMs: 0, extraUnanswered: 0.02 },
} as const;
export type ReleaseKind = keyof typeof releaseKinds;

/** Answers of a release last so long that none is undecided for want of them, and as many answers a second as a course team gets. */
export const answersMax = 400_000;
export const answersPerSecond = 5;
export const canaryShare = 0.2;
const userCount = 100_000;
const watchRate = 0.22;
const unansweredRate = 0.005;
/** Of a user's propensity: as much as the correlation of two answers of the same user. */
const withinUser = 0.05;

type Random = () => number;

/** Fills a block with random 32-bit integers; sfc32 of C. Doty-Humphrey. In blocks, since a call for each costs more than the draw. */
function createBits(seed: number): (block: Uint32Array) => void {
  const state = Int32Array.of(seed, 0x9e3779b9, 0x243f6a88, 1);
  const fill = (block: Uint32Array): void => {
    let [a, b, c, d] = state;
    for (let at = 0; at < block.length; at++) {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + t;
      c |= 0;
      block[at] = t;
    }
    state.set([a, b, c, d]);
  };
  fill(new Uint32Array(16));
  return fill;
}

function createRandom(seed: number): Random {
  const fill = createBits(seed);
  const block = new Uint32Array(1_024);
  let at = block.length;
  return () => {
    if (at === block.length) {
      fill(block);
      at = 0;
    }
    return (block[at++] + 0.5) / 2 ** 32;
  };
}

/** What is the same for all simulated releases: who comes how often, how much they watch, how long an answer takes. */
export interface Population {
  /** A place drawn evenly is a user drawn by activity. */
  byActivity: Int32Array;
  /** As 32-bit thresholds. */
  propensities: Float64Array;
  /** 65,536 quantiles of the latency in milliseconds: log-normal with a p99 of 15 ms and a median of 5 ms. */
  latencies: Float64Array;
  /** Their buckets, with so many milliseconds more. */
  buckets: Map<number, Uint8Array>;
}

export function createPopulation(seed: number): Population {
  const random = createRandom(seed);
  const places: number[] = [];
  const propensities = new Float64Array(userCount);
  for (let user = 0; user < userCount; user++) {
    for (let left = Math.ceil(-Math.log(random()) * 8); left > 0; left--) places.push(user);
    propensities[user] = betaDraw(random, watchRate, withinUser) * 2 ** 32;
  }
  const sigma = Math.log(3) / 2.326348;
  const latencies = Float64Array.from({ length: 65_536 }, () => 5 * Math.exp(sigma * normalDraw(random)));
  const buckets = [0, 60].map((extra) => [extra, Uint8Array.from(latencies, (ms) => bucketOf(ms + extra))] as const);
  return { byActivity: Int32Array.from(places), propensities, latencies, buckets: new Map(buckets) };
}

function normalDraw(random: Random): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Beta law of that mean whose draws make two answers of a user correlated by `correlation`. */
function betaDraw(random: Random, mean: number, correlation: number): number {
  const size = 1 / correlation - 1;
  const [x, y] = [gammaDraw(random, mean * size), gammaDraw(random, (1 - mean) * size)];
  return x / (x + y);
}

/** Marsaglia and Tsang 2000, for shapes above 1. */
function gammaDraw(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalDraw(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

export interface SimulatedRelease {
  /** `undecided`: not even at the end, where it is aborted. */
  outcome: 'better-or-equal' | 'worse' | 'undecided';
  answers: number;
  reason: string;
  /** What the rule "mean latency of the canary after 12 hours at most 500 ms" makes of the same answers. */
  fixedRulePromotes: boolean;
}

const fixedRuleAnswers = 12 * 3_600 * answersPerSecond;

/** One release, answer by answer, judged every so often until it is decided. */
export function simulateRelease(
  population: Population,
  kind: ReleaseKind,
  seed: number,
  rules: VerdictRules,
): SimulatedRelease {
  const stream = createAnswers(population, kind, seed);
  let decided: Omit<SimulatedRelease, 'fixedRulePromotes'> = { outcome: 'undecided', answers: answersMax, reason: '' };
  let mean = Number.NaN;
  for (let answers = 0; answers < answersMax;) {
    const look = answers < 5_000 ? 250 : 4_000;
    stream.next(look);
    answers += look;
    if (decided.outcome === 'undecided') {
      const { outcome, reason } = judgeCanary(stream.evidence(answers), rules);
      if (outcome !== 'undecided') decided = { outcome, answers, reason };
    }
    if (answers >= fixedRuleAnswers && Number.isNaN(mean)) mean = meanMs(stream.evidence(answers).canary.latency).mean;
    if (decided.outcome !== 'undecided' && !Number.isNaN(mean)) break;
  }
  return { ...decided, fixedRulePromotes: mean <= 500 };
}

/** Fields of the sums of one arm. */
const field = { users: 0, n: 1, nn: 2, watched: 3, watchedYy: 4, watchedNy: 5, failed: 6, failedYy: 7, failedNy: 8 };
const latencyFields = { sumMs: 9, sumSquaresMs: 10 };
const fields = 11;

/** Draws answers and keeps the sums over users as they grow; the inner loop is plain, since it runs a thousand million times. */
function createAnswers(population: Population, kind: ReleaseKind, seed: number) {
  const { byActivity, propensities, latencies } = population;
  const { watchFactor, extraMs, extraUnanswered } = releaseKinds[kind];
  const fill = createBits(seed);
  const block = new Uint32Array(4 * 250);
  const onCanary = drawArms(seed);
  const buckets = [0, extraMs].map((extra) => population.buckets.get(extra)!);
  const [answered, watched, failed] = [0, 1, 2].map(() => new Uint16Array(userCount));
  const sums = new Float64Array(2 * fields);
  const counts = [noLatencies(), noLatencies()].map((latency) => Float64Array.from(latency.counts));
  const failBelow = [unansweredRate * 2 ** 32, (unansweredRate + extraUnanswered) * 2 ** 32];

  function next(answers: number): void {
    for (let place = block.length, left = answers; left > 0; left--, place += 4) {
      if (place >= block.length) {
        fill(block);
        place = 0;
      }
      const user = byActivity[Math.floor((block[place] / 2 ** 32) * byActivity.length)];
      const arm = onCanary[user];
      const at = arm * fields;
      const n = answered[user]++;
      if (n === 0) sums[at + field.users]++;
      sums[at + field.n]++;
      sums[at + field.nn] += 2 * n + 1;
      sums[at + field.watchedNy] += watched[user];
      sums[at + field.failedNy] += failed[user];
      if (block[place + 1] < propensities[user] * (arm === 1 ? watchFactor : 1)) {
        sums[at + field.watched]++;
        sums[at + field.watchedYy] += 2 * watched[user]++ + 1;
        sums[at + field.watchedNy] += n + 1;
      }
      if (block[place + 2] < failBelow[arm]) {
        sums[at + field.failed]++;
        sums[at + field.failedYy] += 2 * failed[user]++ + 1;
        sums[at + field.failedNy] += n + 1;
      }
      const drawn = block[place + 3] & 0xffff;
      const ms = latencies[drawn] + (arm === 1 ? extraMs : 0);
      counts[arm][buckets[arm][drawn]]++;
      sums[at + latencyFields.sumMs] += ms;
      sums[at + latencyFields.sumSquaresMs] += ms * ms;
    }
  }

  function track(arm: number): TrackEvidence {
    const of = (name: number): number => sums[arm * fields + name];
    const [users, n, nn] = [of(field.users), of(field.n), of(field.nn)];
    const watching = { y: of(field.watched), yy: of(field.watchedYy), ny: of(field.watchedNy) };
    const failing = { y: of(field.failed), yy: of(field.failedYy), ny: of(field.failedNy) };
    const [sumMs, sumSquaresMs] = [of(latencyFields.sumMs), of(latencyFields.sumSquaresMs)];
    return {
      users,
      watched: { users, n, nn, ...watching },
      unanswered: { users, n, nn, ...failing },
      squaredErrors: noUserSums(),
      latency: { counts: [...counts[arm]], sumMs, sumSquaresMs },
    };
  }

  const evidence = (answers: number): CanaryEvidence => ({
    epoch: 1,
    share: canaryShare,
    elapsedMs: (answers / answersPerSecond) * 1_000,
    stable: track(0),
    canary: track(1),
    failure: null,
  });
  return { next, evidence };
}

function drawArms(seed: number): Uint8Array {
  const plan = { ...emptyPlan, stable: 'stable', canary: 'canary', share: canaryShare, salt: `${seed}.canary` };
  return Uint8Array.from({ length: userCount }, (_, user) => +(trackFor(user + 1, plan) === 'canary'));
}
