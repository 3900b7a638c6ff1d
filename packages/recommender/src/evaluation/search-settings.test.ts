import { expect, test } from 'vitest';
import { searchSettings, type Search } from './search-settings.ts';

interface Settings {
  a: number;
  b: number;
}

/** Best at a = 3, b = 2; a trial takes a second times its effort. */
function world(overrides: Partial<Search<Settings>> = {}) {
  let clock = 0;
  const asked: number[] = [];
  const search: Search<Settings> = {
    first: { a: 0, b: 0 },
    space: { a: [0, 1, 2, 3, 4], b: [0, 1, 2] },
    seed: 5,
    budgetSeconds: 60,
    now: () => clock,
    tryOut({ a, b }, effort) {
      clock += 1_000 * effort;
      asked.push(effort);
      return 10 - (a - 3) ** 2 - (b - 2) ** 2;
    },
    ...overrides,
  };
  return { search, asked, clock: () => clock };
}

test('it finds the best settings, and the table has every trial', async () => {
  const { search, asked } = world();
  const { best, trials } = await searchSettings(search);
  expect(best).toEqual({ a: 3, b: 2 });
  expect(trials.map(({ effort }) => effort)).toEqual(asked);
  expect(trials[0]).toEqual({ settings: { a: 0, b: 0 }, effort: 1, figure: -3, seconds: 1 });
  const full = trials.filter(({ effort }) => effort === 1).length;
  expect(full).toBeLessThan(trials.length / 4);
});

test('no trial begins after the time is over', async () => {
  const { search, clock } = world({ budgetSeconds: 3 });
  await searchSettings(search);
  expect(clock()).toBeLessThanOrEqual(4_000);
});

test('what is served stays where nothing is better, also when a quick trial looked better', async () => {
  const { search } = world({ first: { a: 3, b: 2 } });
  const deceived = { ...search, tryOut: (settings: Settings, effort: number) => Number(search.tryOut(settings, effort)) + (effort < 1 ? 100 * settings.a : 0) }; // prettier-ignore
  expect((await searchSettings(deceived)).best).toEqual({ a: 3, b: 2 });
});

test('the same seed tries the same, another one other settings; no time is refused', async () => {
  const tried = async (seed: number) => (await searchSettings(world({ seed }).search)).trials.map(({ settings }) => settings); // prettier-ignore
  expect(await tried(5)).toEqual(await tried(5));
  expect(await tried(6)).not.toEqual(await tried(5));
  await expect(searchSettings(world({ budgetSeconds: 0 }).search)).rejects.toThrow('a search of 0 seconds');
});
