import { expect, test } from 'vitest';
import { splitHoldOut } from './hold-out.ts';
import { drawTasteEvents } from './testing/latent-tastes.ts';

const event = (user: number, item: number, at: number) => ({ user, item, at });

test('the last share of each user is left out, by time and then by item', () => {
  const events = [event(1, 5, 30), event(1, 4, 10), event(1, 3, 30), event(1, 2, 20), event(1, 1, 30)];
  expect(splitHoldOut(events, { share: 0.4 })).toEqual({
    train: [event(1, 4, 10), event(1, 2, 20), event(1, 1, 30)],
    test: [event(1, 3, 30), event(1, 5, 30)],
  });
});

test('nothing is lost or doubled, nothing in train is newer than the test events of its user', () => {
  const events = drawTasteEvents({ users: 50, items: 60, eventsPerUser: 11, seed: 8 });
  const { train, test: held } = splitHoldOut(events);
  expect(held.length).toBe(50 * 2);
  expect(new Set([...train, ...held])).toEqual(new Set(events));
  expect(train.length + held.length).toBe(events.length);
  const oldestHeld = new Map<number, number>();
  for (const { user, at } of held) oldestHeld.set(user, Math.min(at, oldestHeld.get(user) ?? Infinity));
  expect(train.filter(({ user, at }) => at > oldestHeld.get(user)!)).toEqual([]);
});

test('the order of the input changes nothing', () => {
  const events = drawTasteEvents({ users: 9, items: 30, eventsPerUser: 7, seed: 1 });
  expect(splitHoldOut(events.toReversed())).toEqual(splitHoldOut(events));
});

test('a user with few events stays in train whole, one with enough gives at least one', () => {
  const two = [event(0, 0, 1), event(0, 1, 2)];
  expect(splitHoldOut(two)).toEqual({ train: two, test: [] });
  expect(splitHoldOut([...two, event(0, 2, 3)]).test).toEqual([event(0, 2, 3)]);
  expect(splitHoldOut([event(0, 0, 1)], { eventsMin: 1 }).test).toEqual([]);
  expect(splitHoldOut([])).toEqual({ train: [], test: [] });
});

test('a share that is no share and a time that is no number are refused', () => {
  const refused = expect.objectContaining({ code: 'DATA_INVALID' });
  for (const share of [0, 1, -1, NaN]) expect(() => splitHoldOut([], { share })).toThrow(refused);
  expect(() => splitHoldOut([event(0, 0, NaN)])).toThrow(refused);
});
