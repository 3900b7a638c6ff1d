import type { CatalogueEntry, ListRules } from '@reelay/shared/contracts';

/** What rules come to for one catalogue: item indexes that must stay out, and how many of the best are skipped. */
export interface AppliedRules {
  exclude: Iterable<number>;
  /** Those of them that were named one by one, ascending: the receipt keeps them. */
  named: number[];
  includeSeen: boolean;
  offset: number;
}

const noRules: AppliedRules = { exclude: [], named: [], includeSeen: false, offset: 0 };

/** The rules in the indexes of this catalogue. Ids and genres that it does not hold exclude nothing and everything, respectively. */
export function applyRules(catalogue: readonly CatalogueEntry[], rules: ListRules | undefined): AppliedRules {
  if (rules === undefined) return noRules;
  const { offset, includeSeen, exclude, genres } = rules;
  const index = indexOf(catalogue);
  const named = [...new Set(exclude.flatMap((id) => index.places.get(id) ?? []))].sort((a, b) => a - b);
  return { offset, includeSeen, named, exclude: genres.length === 0 ? named : [...named, ...outside(index, genres)] };
}

/** Built when the first rules come, and gone with its model. */
interface CatalogueIndex {
  places: Map<string, number>;
  /** Lower-case names of genres, by item index. */
  genres: Set<string>[];
  /** Indexes outside of a set of genres, for the sets that were asked for last. */
  outside: Map<string, Int32Array>;
}

const indexes = new WeakMap<readonly CatalogueEntry[], CatalogueIndex>();
/** 27,000 items outside take 108 kB a set. */
const setsMax = 50;

function indexOf(catalogue: readonly CatalogueEntry[]): CatalogueIndex {
  const known = indexes.get(catalogue);
  if (known) return known;
  const index: CatalogueIndex = {
    places: new Map(catalogue.map(({ id }, place) => [id, place])),
    genres: catalogue.map(({ genres }) => new Set(genres.map((name) => name.toLowerCase()))),
    outside: new Map(),
  };
  indexes.set(catalogue, index);
  return index;
}

function outside(index: CatalogueIndex, genres: string[]): Int32Array {
  const wanted = genres.map((name) => name.toLowerCase()).toSorted();
  const key = wanted.join('\n');
  const known = index.outside.get(key);
  if (known) return known;
  const places: number[] = [];
  for (const [place, names] of index.genres.entries()) if (!wanted.some((name) => names.has(name))) places.push(place);
  if (index.outside.size >= setsMax) index.outside.clear();
  const made = Int32Array.from(places);
  index.outside.set(key, made);
  return made;
}
