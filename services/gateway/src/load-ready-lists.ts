import { readFile } from 'node:fs/promises';
import { artifactFiles, fallbackLists, isMovieId } from '@reelay/shared/contracts';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';

/** Lists that need no worker, best first, checked once here so that a fallback has nothing left to check. */
export interface ReadyLists {
  /** Model version that they came with; null for the base list. */
  version: string | null;
  popular: string[];
  /** By demographic group; group 0 is everybody. */
  groups: string[][];
  /** Group of a user at the place of the user id. */
  groupOfUser: Uint8Array;
}

/** The ready lists of a version. Throws what the store throws, and `ARTIFACT_CORRUPT` for lists that are none. */
export async function loadReadyLists(
  version: string,
  artifacts: Pick<ArtifactStore, 'load'>,
  lengthMax: number,
): Promise<ReadyLists> {
  const [lists, groupOfUser] = await Promise.all([
    artifacts.load(version, artifactFiles.fallback),
    artifacts.load(version, artifactFiles.users),
  ]);
  const { all, groups } = parseLists(version, lists);
  const popular = usable(all, lengthMax);
  if (popular.length === 0) throw new AppError('ARTIFACT_CORRUPT', `version ${version} has no popular list`);
  return { version, popular, groups: groups.map((ids) => usable(ids, lengthMax)), groupOfUser };
}

/** A list from a file of ids, for the time before the first model. Throws `CONFIG_INVALID` when there is no id in it. */
export async function loadBaseList(path: string, lengthMax: number): Promise<ReadyLists> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('CONFIG_INVALID', `BASE_LIST cannot be read: ${messageOf(cause)}`, { cause });
  });
  const popular = usable(text.split(/[,\s]+/), lengthMax);
  if (popular.length === 0) throw new AppError('CONFIG_INVALID', 'BASE_LIST holds no movie id');
  return { version: null, popular, groups: [], groupOfUser: new Uint8Array(0) };
}

function parseLists(version: string, bytes: Uint8Array) {
  try {
    return fallbackLists.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new AppError('ARTIFACT_CORRUPT', `ready lists of version ${version} cannot be read`, { cause });
  }
}

const usable = (ids: string[], lengthMax: number): string[] => [...new Set(ids)].filter(isMovieId).slice(0, lengthMax);
