import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidenceOf } from './confidence.ts';
import { splitHoldOut } from './hold-out.ts';
import { buildInteractions } from './interactions.ts';
import { defaultObjective } from './objective.ts';

/** What must hold for every input; a failing one is shrunk and printed with its seed. */

const minutes = fc.double({ min: 0, max: 1e6, noNaN: true });
const rating = fc.integer({ min: 0, max: 10 });

test('more minutes or more points never lower the confidence', () => {
  const ordered = fc.tuple(minutes, minutes, rating, rating);
  fc.assert(
    fc.property(ordered, ([a, b, r, s]) => {
      const less = confidenceOf({ minutes: Math.min(a, b), rating: Math.min(r, s) }, defaultObjective);
      expect(
        confidenceOf({ minutes: Math.max(a, b), rating: Math.max(r, s) }, defaultObjective),
      ).toBeGreaterThanOrEqual(less);
    }),
  );
});

const index = fc.integer({ min: 0, max: 6 });

test('rows given twice, or in another order, build the same matrix', () => {
  const row = fc.record({ user: index, item: index, confidence: fc.double({ min: 0.001, max: 10, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const dimensions = { users: 7, items: 7 };
      expect(buildInteractions([...rows, ...rows.toReversed()], dimensions)).toEqual(
        buildInteractions(rows, dimensions),
      );
    }),
  );
});

test('a split keeps every event once, and somebody who is held out is known from train', () => {
  const event = fc.record({ user: index, item: index, at: fc.integer() });
  fc.assert(
    fc.property(fc.array(event), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (events, share) => {
      const { train, test: held } = splitHoldOut(events, { share });
      expect(train.length + held.length).toBe(events.length);
      expect(new Set([...train, ...held])).toEqual(new Set(events));
      const known = new Set(train.map(({ user }) => user));
      expect(held.filter(({ user }) => !known.has(user))).toEqual([]);
    }),
  );
});
