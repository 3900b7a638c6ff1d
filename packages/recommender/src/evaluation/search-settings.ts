import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { RecommenderError } from '../recommender-error.ts';

/** Values that a setting may have. */
export type SearchSpace<Settings> = { readonly [Name in keyof Settings]?: readonly Settings[Name][] };

export interface SearchTrial<Settings> {
  readonly settings: Settings;
  /** From above 0 to 1: how much of a full training the trial was. */
  readonly effort: number;
  readonly figure: number;
  readonly seconds: number;
}

export interface Search<Settings> {
  /** What is served today: always tried, and kept unless something is better in the end. */
  readonly first: Settings;
  readonly space: SearchSpace<Settings>;
  readonly seed: number;
  /** No trial begins after so long. */
  readonly budgetSeconds: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Larger is better. Must look at validation rows alone. */
  readonly tryOut: (settings: Settings, effort: number) => number | Promise<number>;
  readonly onTrial?: (trial: SearchTrial<Settings>) => void;
}

export interface SearchResult<Settings> {
  readonly best: Settings;
  readonly trials: readonly SearchTrial<Settings>[];
}

/** Efforts of a round, and how many settings enter it: the better third goes on (successive halving, Jamieson and Talwalkar 2016). */
const rungs = [
  { effort: 1 / 4, entering: 9 },
  { effort: 1 / 2, entering: 3 },
  { effort: 1, entering: 1 },
] as const;

/**
 * Random search with successive halving, round after round, until the time is over. The settings of today are measured first, in full; others replace them
 * only by a better full trial. The same seed draws the same settings in the same order; how many depends on the time.
 */
export async function searchSettings<Settings extends object>(
  search: Search<Settings>,
): Promise<SearchResult<Settings>> {
  const { first, budgetSeconds, seed, now } = search;
  if (!(budgetSeconds > 0)) throw new RecommenderError('DATA_INVALID', `a search of ${budgetSeconds} seconds`);
  const until = now() + 1_000 * budgetSeconds;
  const draw = createDraw(search.space, first, seed);
  const trials: SearchTrial<Settings>[] = [];
  const tryOut = async (settings: Settings, effort: number): Promise<SearchTrial<Settings>> => {
    const started = now();
    const figure = await search.tryOut(settings, effort);
    const trial = { settings, effort, figure, seconds: (now() - started) / 1_000 };
    trials.push(trial);
    search.onTrial?.(trial);
    return trial;
  };
  let best = await tryOut(first, 1);
  while (now() < until) {
    let candidates = Array.from({ length: rungs[0].entering }, draw);
    for (const { effort, entering } of rungs) {
      const tried: SearchTrial<Settings>[] = [];
      for (const settings of candidates.slice(0, entering))
        if (now() < until) tried.push(await tryOut(settings, effort));
      tried.sort((a, b) => b.figure - a.figure);
      candidates = tried.map(({ settings }) => settings);
      if (effort === 1 && tried.length > 0 && tried[0].figure > best.figure) best = tried[0];
    }
  }
  return { best: best.settings, trials };
}

function createDraw<Settings extends object>(
  space: SearchSpace<Settings>,
  first: Settings,
  seed: number,
): () => Settings {
  const generator = xoroshiro128plus(seed);
  return () => {
    const drawn = { ...first };
    for (const name of Object.keys(space) as (keyof Settings)[]) {
      const values = space[name] ?? [];
      if (values.length > 0) drawn[name] = values[uniformInt(generator, 0, values.length - 1)];
    }
    return drawn;
  };
}
