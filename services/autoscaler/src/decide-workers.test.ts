import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideWorkers, startPolicy, type PolicySettings, type PolicyState } from './decide-workers.ts';
import { defaultNeed, neededWorkers } from './needed-workers.ts';
import { soundSignals, type WorkerSignals } from './signals.ts';

const settings: PolicySettings = { ...defaultNeed, least: 1, most: 8, intervalMs: 5_000, coolDownMs: 30_000 };
const steady: WorkerSignals = {
  running: 1,
  arrivalRate: 20,
  serviceRate: 50,
  busyFraction: 0.4,
  expiredShare: 0,
  fallbackShare: 0,
  ready: 0,
  unacknowledged: 1,
};
/** The workers do what is wanted and the load is shared out among them. */
const under = (arrivalRate: number, running: number): WorkerSignals => ({
  ...steady,
  running,
  arrivalRate,
  busyFraction: Math.min(1, arrivalRate / 50 / Math.max(1, running)),
});

/** Looks once a second at a load given by time; returns the wanted number after each look. */
function follow(
  load: (second: number) => WorkerSignals | ((running: number) => WorkerSignals),
  seconds: number,
): number[] {
  let state = startPolicy(1);
  return Array.from({ length: seconds }, (_, second) => {
    const signals = load(second);
    const now = typeof signals === 'function' ? signals(state.wanted) : signals;
    state = decideWorkers(state, now, second * 1_000, settings).state;
    return state.wanted;
  });
}

describe('up and down', () => {
  test('a step of twelve times the load is followed in one change, and back after the cool-down', () => {
    const wanted = follow((second) => (running) => under(second >= 10 && second < 60 ? 240 : 20, running), 120);
    expect(wanted.slice(0, 10)).toEqual(Array(10).fill(1));
    expect(new Set(wanted.slice(10, 90))).toEqual(new Set([7]));
    expect(new Set(wanted.slice(91))).toEqual(new Set([1]));
  });

  test('late jobs ask for more workers only while the workers are busy', () => {
    const late = { ...steady, arrivalRate: null, running: 2, fallbackShare: 0.5 };
    expect(neededWorkers({ ...late, busyFraction: 0.9 }, settings)).toMatchObject({ least: 3, reason: 'late' });
    expect(neededWorkers({ ...late, busyFraction: 0.1 }, settings)).toMatchObject({ least: 1, reason: 'load' });
  });

  test('a backlog asks for the workers that clear it', () => {
    expect(neededWorkers({ ...steady, ready: 100 }, settings)).toMatchObject({ aim: 4, reason: 'backlog' });
  });

  test('bounds that exclude the wanted number move it', () => {
    const { state, reason } = decideWorkers(startPolicy(1), steady, 0, { ...settings, least: 3 });
    expect({ wanted: state.wanted, reason }).toEqual({ wanted: 3, reason: 'bounds' });
  });
});

describe('what is not known keeps what is', () => {
  const unknown: WorkerSignals = {
    running: 5,
    arrivalRate: null,
    serviceRate: null,
    busyFraction: null,
    expiredShare: null,
    fallbackShare: null,
    ready: null,
    unacknowledged: null,
  };

  test('no figures for an hour', () => {
    expect(new Set(follow(() => ({ ...unknown }), 3_600))).toEqual(new Set([1]));
  });

  test('figures that cannot be are no figures', () => {
    const absurd = { ...steady, arrivalRate: -5, serviceRate: Number.NaN, busyFraction: 17, ready: Infinity };
    expect(soundSignals(absurd)).toMatchObject({
      arrivalRate: null,
      serviceRate: null,
      busyFraction: null,
      ready: null,
    });
    expect(decideWorkers(startPolicy(4), absurd, 0, settings).state.wanted).toBe(4);
  });

  test('a gap begins the cool-down anew', () => {
    const wanted = follow((second) => {
      if (second < 5) return (running) => under(240, running);
      return second === 34 ? { ...unknown } : (running) => under(20, running);
    }, 80);
    expect(new Set(wanted.slice(0, 65))).toEqual(new Set([7]));
    expect(wanted[66]).toBe(1);
  });
});

// 100,000 series in all, a few hundred looks each would take minutes: short series, many of them.
const series = 20_000;
/** `fc.double` draws by exponents, so that nearly all of its numbers are next to 0. */
const evenly = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 10_000 }).map((step) => min + ((max - min) * step) / 10_000);
const figure = fc.oneof(
  fc.constant(null),
  fc.constantFrom(Number.NaN, -1, Infinity, -Infinity, 1e300),
  fc.double({ min: 0, max: 2, noNaN: true }),
  evenly(0, 2),
  evenly(0, 5_000),
);
const anySignals: fc.Arbitrary<WorkerSignals> = fc.record({
  running: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(Number.NaN, -3, Infinity)),
  arrivalRate: figure,
  serviceRate: figure,
  busyFraction: figure,
  expiredShare: figure,
  fallbackShare: figure,
  ready: figure,
  unacknowledged: figure,
});
const soundOnes: fc.Arbitrary<WorkerSignals> = fc.record({
  running: fc.integer({ min: 1, max: 20 }),
  arrivalRate: evenly(0, 2_000),
  serviceRate: evenly(0.5, 200),
  busyFraction: evenly(0, 1),
  expiredShare: evenly(0, 1),
  fallbackShare: evenly(0, 1),
  ready: fc.integer({ min: 0, max: 5_000 }),
  unacknowledged: fc.integer({ min: 0, max: 500 }),
});
/** Times that go on by up to 20 s, and now and then jump to anywhere. */
const steps = fc.array(
  fc.tuple(
    anySignals,
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: -1e7, max: 1e7 }) },
    ),
  ),
  { minLength: 1, maxLength: 12 },
);
const boundsOf = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 12 }))
  .map(([least, more]) => ({ ...settings, least, most: least + more }));

/** All looks of a series: time, and wanted number before and after. */
function looksOf(decide: typeof decideWorkers, all: [WorkerSignals, number][], policy: PolicySettings) {
  let state: PolicyState = startPolicy(policy.least);
  let nowMs = 0;
  return all.map(([signals, step]) => {
    nowMs += step;
    const before = state.wanted;
    state = decide(state, signals, nowMs, policy).state;
    return { nowMs, before, after: state.wanted };
  });
}

const changesTooClose = (looks: ReturnType<typeof looksOf>, intervalMs: number): number => {
  let last = -Infinity;
  let close = 0;
  for (const [at, { nowMs, before, after }] of looks.entries()) {
    if (at > 0 && nowMs < looks[at - 1].nowMs) last = Math.min(last, nowMs); // the clock went back: counted from there
    if (before === after) continue;
    if (nowMs - last < intervalMs) close++;
    last = nowMs;
  }
  return close;
};

describe('over random series', () => {
  test('the wanted number is a whole number within the bounds', () => {
    let looked = 0;
    fc.assert(
      fc.property(steps, boundsOf, (all, policy) => {
        for (const { after } of looksOf(decideWorkers, all, policy)) {
          looked++;
          expect(Number.isInteger(after) && after >= policy.least && after <= policy.most).toBe(true);
        }
      }),
      { numRuns: series },
    );
    expect(looked).toBeGreaterThan(series);
  });

  test('never more than one change an interval', () => {
    const property = (decide: typeof decideWorkers) =>
      fc.property(
        steps,
        boundsOf,
        (all, policy) => changesTooClose(looksOf(decide, all, policy), policy.intervalMs) === 0,
      );
    fc.assert(property(decideWorkers), { numRuns: series });
    // The check can fail: a policy that forgets its last change is found out.
    const forgetful: typeof decideWorkers = (state, ...rest) => decideWorkers({ ...state, changedAtMs: null }, ...rest);
    expect(fc.check(property(forgetful), { numRuns: 2_000, seed: 7 }).failed).toBe(true);
  });

  test('a constant load is followed without going up and down', () => {
    const property = (policy: PolicySettings) =>
      fc.property(evenly(0, 400), evenly(1, 100), fc.integer({ min: 1, max: 8 }), (arrivalRate, serviceRate, start) => {
        let state = startPolicy(start);
        const directions: number[] = [];
        for (let look = 0; look < 80; look++) {
          const before = state.wanted;
          const busyFraction = Math.min(1, arrivalRate / serviceRate / before);
          state = decideWorkers(
            state,
            { ...steady, running: before, arrivalRate, serviceRate, busyFraction },
            look * 2_000,
            policy,
          ).state;
          if (state.wanted !== before) directions.push(Math.sign(state.wanted - before));
        }
        return new Set(directions).size <= 1;
      });
    fc.assert(property(settings), { numRuns: series });
    // Without hysteresis the same load would be judged too much and too little in turn.
    expect(
      fc.check(property({ ...settings, downBusy: 1, targetBusy: 0.5, upBusy: 0.55 }), { numRuns: 2_000, seed: 7 })
        .failed,
    ).toBe(true);
  });

  test('more load never asks for fewer workers', () => {
    const load = ['arrivalRate', 'busyFraction', 'expiredShare', 'fallbackShare', 'ready'] as const;
    // The largest need decides: half of the time the other signals are low, so that this one does.
    const low = { arrivalRate: 1, busyFraction: 0.5, expiredShare: 0, fallbackShare: 0, ready: 0 };
    const property = (need: typeof neededWorkers) =>
      fc.property(soundOnes, fc.constantFrom(...load), evenly(1, 50), fc.boolean(), (drawn, name, factor, alone) => {
        const signals = alone ? { ...drawn, ...low, [name]: drawn[name] } : drawn;
        const most = name === 'arrivalRate' || name === 'ready' ? Infinity : 1;
        const more = { ...signals, [name]: Math.min(most, (signals[name] ?? 0) * factor) };
        const [one, other] = [need(signals, settings), need(more, settings)];
        return !!one && !!other && other.least >= one.least && other.aim >= one.aim && other.most >= one.most;
      });
    fc.assert(property(neededWorkers), { numRuns: series });
    // Each load taken upside down is found out.
    const largest = { arrivalRate: 2_000, busyFraction: 1, expiredShare: 1, fallbackShare: 1, ready: 5_000 };
    for (const name of load) {
      const upsideDown: typeof neededWorkers = (signals, own) =>
        neededWorkers({ ...signals, [name]: largest[name] - (signals[name] ?? 0) }, own);
      expect(fc.check(property(upsideDown), { numRuns: 2_000, seed: 7 }).failed, name).toBe(true);
    }
  });

  test('fewest, right and most stand in this order', () => {
    fc.assert(
      fc.property(soundOnes, (signals) => {
        const need = neededWorkers(signals, settings);
        return !!need && need.least <= need.aim && need.aim <= need.most;
      }),
      { numRuns: series },
    );
  });
});
