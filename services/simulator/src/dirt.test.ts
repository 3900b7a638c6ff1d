import { describe, expect, test } from 'vitest';
import { DirtClock, markOf, soil } from './dirt.ts';
import { Random } from './random.ts';

const watch = '2031-05-06T07:08:09,614,GET /data/m/the+quiet+dune+2004/20.mpg';
const account = '2031-05-06T07:08:09,614,GET /create_account';

describe('a soiled line', () => {
  test('has one character more, or another movie id of 10 to 59 letters and digits', () => {
    const random = new Random(1, 'test');
    const kinds = { inserted: 0, replaced: 0 };
    for (let n = 0; n < 2_000; n++) {
      const soiled = soil(watch, random);
      const replaced = /^2031-05-06T07:08:09,614,GET \/data\/m\/[a-zA-Z0-9]{10,59}\/20\.mpg$/.test(soiled);
      kinds[replaced ? 'replaced' : 'inserted']++;
      if (!replaced) expect(isOneLonger(watch, soiled)).toBe(true);
    }
    expect(kinds.inserted).toBeGreaterThan(1_000);
    expect(kinds.replaced).toBeGreaterThan(500);
  });

  test('without a movie has one character more', () => {
    const random = new Random(1, 'test');
    for (let n = 0; n < 200; n++) expect(isOneLonger(account, soil(account, random))).toBe(true);
  });
});

test.each([
  ['the+quiet+dune+2004', 'the+quiet+dunes+2004', 'undetectable'],
  [',614,', ',6147,', 'undetectable'],
  ['/20.', '/120.', 'undetectable'],
  [',614,', ',6147000,', 'detectable'],
  ['/20.', '/2x0.', 'detectable'],
  ['dune', 'dUne', 'detectable'],
])('%s to %s is %s', (from, to, mark) => {
  expect(markOf(watch.replace(from, to), 5)).toBe(mark);
});

test('a rate of 0 never strikes, of 1 always, of 1 in 1,000 about 100 times in 100,000', () => {
  expect(strikes(0, 10_000)).toBe(0);
  expect(strikes(1, 10_000)).toBe(10_000);
  // 100 ± four deviations.
  expect(Math.abs(strikes(0.001, 100_000) - 100)).toBeLessThan(40);
});

function isOneLonger(short: string, long: string): boolean {
  return Array.from(long, (_, at) => long.slice(0, at) + long.slice(at + 1)).includes(short);
}

function strikes(rate: number, lines: number): number {
  const clock = new DirtClock(rate, new Random(5, 'test'));
  return Array.from({ length: lines }, () => clock.strikes()).filter(Boolean).length;
}
