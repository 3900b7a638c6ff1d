import { artifactFiles, type CatalogueEntry, type Manifest, type Objective } from '../contracts/index.ts';
import type { ArtifactStore } from '../storage/index.ts';

export interface TinyModelOptions {
  version: string;
  items?: number;
  factors?: number;
  groups?: number;
  users?: number;
  /** Another seed, other factors and priors. */
  seed?: number;
  /** The answer to a question that only the recommender can work out; without, the probe asks for a cold user. */
  probe?: Manifest['probe'];
}

export interface TinyModel {
  manifest: Omit<Manifest, 'files'>;
  files: Record<string, Uint8Array>;
  catalogue: CatalogueEntry[];
  /** `items × factors`, row-major. */
  factors: Float32Array;
  /** `groups × items`. */
  priors: Float32Array;
}

export const tinyObjective: Objective = {
  name: 'ials',
  alpha0: 0.1,
  regularisation: 0.02,
  nu: 1,
  minutesWeight: 0.4,
  ratingWeight: 0.1,
  confidenceMax: 2,
  handOver: 2,
};

/** Dictionary integers of the tiny catalogue start here, so that an item id taken for an item index is found out. */
export const tinyFirstItemId = 1_000;

/**
 * A valid model version with drawn factors, a function of its options. User `u` belongs to group `u mod groups`; group `g` likes the items with
 * `index mod groups = g` best, group 0 the low indexes.
 */
export function tinyModel(options: TinyModelOptions): TinyModel {
  const { items = 60, factors: rank = 8, groups = 3, users = 300, seed = 1 } = options;
  const draw = drawFrom(seed);
  const catalogue = Array.from({ length: items }, (_, index) => tinyMovie(index));
  const factors = Float32Array.from({ length: items * rank }, () => draw() - 0.5);
  const priors = Float32Array.from({ length: groups * items }, (_, at) => {
    const [group, index] = [Math.floor(at / items), at % items];
    return 1 / (index + 2) + (group > 0 && index % groups === group ? 1 : 0) + draw() / 1_000;
  });
  const row = (group: number) => priors.subarray(group * items, (group + 1) * items);
  const list = (group: number) => bestFirst(row(group)).map((index) => tinyMovie(index).id).slice(0, 20); // prettier-ignore
  const lists = { all: list(0), groups: Array.from({ length: groups }, (_, group) => list(group)) };
  const files = {
    [artifactFiles.catalogue]: json(catalogue),
    [artifactFiles.factors]: new Uint8Array(factors.buffer),
    [artifactFiles.priors]: new Uint8Array(priors.buffer),
    [artifactFiles.users]: Uint8Array.from({ length: users }, (_, user) => user % groups),
    [artifactFiles.fallback]: json(lists),
    [artifactFiles.biases]: new Uint8Array(new Float64Array(items + 1).fill(3).buffer),
  };
  const probe = options.probe ?? { history: [], group: 0, expected: coldAnswer(row(0), 10) };
  const manifest = { ...tinyManifest, version: options.version, seed, items, factors: rank, groups, users, probe };
  return { manifest, files, catalogue, factors, priors };
}

/** The same, put into a store. */
export async function putTinyModel(store: ArtifactStore, options: TinyModelOptions): Promise<TinyModel> {
  const model = tinyModel(options);
  await store.put(model.manifest, model.files);
  return model;
}

/** Age ratings of the first items, and so on; the last one is not rated. */
const tinyAges = [0, 6, 12, 18, undefined];

const tinyMovie = (index: number): CatalogueEntry => ({
  itemId: tinyFirstItemId + index,
  id: `movie+number+${index}+${1950 + (index % 70)}`,
  year: 1950 + (index % 70),
  genres: [index % 2 === 0 ? 'Drama' : 'Comedy'],
  minAge: tinyAges[index % tinyAges.length],
});

const tinyManifest: Omit<Manifest, 'files' | 'version' | 'seed' | 'items' | 'factors' | 'groups' | 'users' | 'probe'> =
  {
    format: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    parent: null,
    dataVersion: 'tiny',
    gitCommit: 'unknown',
    objective: tinyObjective,
    parameters: {},
    metrics: {
      users: 0,
      ndcgAt10: null,
      popularityNdcgAt10: null,
      rmse: null,
      globalMeanRmse: null,
      heldOutRatings: 0,
    },
  };

/** A cold user gets the group's prior alone, standardised over all items. */
function coldAnswer(prior: Float32Array, count: number): { index: number; score: number }[] {
  const mean = prior.reduce((sum, value) => sum + value, 0) / prior.length;
  const deviation = Math.sqrt(prior.reduce((sum, value) => sum + (value - mean) ** 2, 0) / prior.length);
  const best = bestFirst(prior).slice(0, count);
  return best.map((index) => ({ index, score: ((prior[index] ?? 0) - mean) / deviation }));
}

const bestFirst = (values: Float32Array): number[] =>
  [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
export function drawFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
