import { readFile } from 'node:fs/promises';
import {
  artifactFiles,
  askedLengthMax,
  fallbackLists,
  isMovieId,
  type CatalogueEntry,
  type RecommendedItem,
} from '@reelay/shared/contracts';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';

/** Lists that need no worker, best first, checked once here so that a fallback has nothing left to check. */
export interface ReadyLists {
  /** Model version that they came with; null for the base list. */
  version: string | null;
  popular: RecommendedItem[];
  /** By demographic group; group 0 is everybody. */
  groups: RecommendedItem[][];
  /** Group of a user at the place of the user id. */
  groupOfUser: Uint8Array;
  /** Lower-case genres of the items in these lists. */
  genres: Map<string, string[]>;
  /** Age ratings, in years, of those of them that are rated. */
  minAges: Map<string, number>;
}

/** The lists alone, without whose they are. Throws as `loadReadyLists` does. */
export async function loadListsAlone(
  version: string,
  artifacts: Pick<ArtifactStore, 'load'>,
): Promise<Pick<ReadyLists, 'popular' | 'groups'>> {
  return listsOf(version, await artifacts.load(version, artifactFiles.fallback));
}

/** The ready lists of a version. Throws what the store throws, and `ARTIFACT_CORRUPT` for lists that are none. */
export async function loadReadyLists(version: string, artifacts: Pick<ArtifactStore, 'load'>): Promise<ReadyLists> {
  const [lists, groupOfUser, catalogue] = await Promise.all([
    artifacts.load(version, artifactFiles.fallback),
    artifacts.load(version, artifactFiles.users),
    artifacts.load(version, artifactFiles.catalogue),
  ]);
  const { popular, groups } = listsOf(version, lists);
  const ids = [popular, ...groups].flat().map(({ id }) => id);
  return { version, popular, groups, groupOfUser, ...factsOf(new Set(ids), catalogue) };
}

function listsOf(version: string, bytes: Uint8Array): Pick<ReadyLists, 'popular' | 'groups'> {
  const { all, groups } = parseLists(version, bytes);
  const popular = usable(all);
  if (popular.length === 0) throw new AppError('ARTIFACT_CORRUPT', `version ${version} has no popular list`);
  return { popular, groups: groups.map(usable) };
}

/** A list from a file of ids, for the time before the first model. Throws `CONFIG_INVALID` when there is no id in it. */
export async function loadBaseList(path: string): Promise<ReadyLists> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('CONFIG_INVALID', `BASE_LIST cannot be read: ${messageOf(cause)}`, { cause });
  });
  const popular = usable(text.split(/[,\s]+/));
  if (popular.length === 0) throw new AppError('CONFIG_INVALID', 'BASE_LIST holds no movie id');
  return { version: null, popular, groups: [], groupOfUser: new Uint8Array(0), ...nothingKnown() };
}

function parseLists(version: string, bytes: Uint8Array) {
  try {
    return fallbackLists.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new AppError('ARTIFACT_CORRUPT', `ready lists of version ${version} cannot be read`, { cause });
  }
}

const nothingKnown = (): Pick<ReadyLists, 'genres' | 'minAges'> => ({ genres: new Map(), minAges: new Map() });

/** Of the catalogue only what a list names is kept. One that cannot be read costs the genres and ages, not the lists. */
function factsOf(ids: Set<string>, catalogue: Uint8Array): Pick<ReadyLists, 'genres' | 'minAges'> {
  const facts = nothingKnown();
  try {
    for (const { id, genres, minAge } of JSON.parse(new TextDecoder().decode(catalogue)) as CatalogueEntry[]) {
      if (!ids.has(id)) continue;
      facts.genres.set(
        id,
        genres.map((name) => name.toLowerCase()),
      );
      if (typeof minAge === 'number') facts.minAges.set(id, minAge);
    }
    return facts;
  } catch {
    return nothingKnown();
  }
}

/** As long as anybody may ask for. Ready lists have an order but no scores. */
const usable = (ids: string[]): RecommendedItem[] =>
  [...new Set(ids)].filter(isMovieId).slice(0, askedLengthMax).map((id) => ({ id, score: 0 })); // prettier-ignore
