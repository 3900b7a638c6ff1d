import { artifactFiles, catalogueEntry, foldInMax } from '@reelay/shared/contracts';
import type { ArtifactStore } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { recommendReference } from '../packages/recommender/src/index.ts';
import { askForJson, idsOf } from './ask-for-list.ts';
import { historiesIn, type PlainHistoryEntry } from './read-plainly.ts';
import type { World } from './world.ts';

/** Makes a user's list from log lines and the files of a version, on the slow path: nothing of it is the serving code. */
export type Reference = (userId: number, lines: readonly string[], count?: number) => string[];

export async function readReference(artifacts: ArtifactStore, version: string): Promise<Reference> {
  const manifest = await artifacts.manifest(version);
  const load = async (file: string) => Uint8Array.from(await artifacts.load(version, file)).buffer;
  const text = new TextDecoder().decode(await load(artifactFiles.catalogue));
  const catalogue = catalogueEntry.array().parse(JSON.parse(text));
  const groupOf = new Uint8Array(await load(artifactFiles.users));
  const arrays = {
    catalogueSize: catalogue.length,
    factors: manifest.factors,
    groups: manifest.groups,
    objective: manifest.objective,
    itemFactors: new Float32Array(await load(artifactFiles.factors)),
    priors: new Float32Array(await load(artifactFiles.priors)),
  };
  const indexOf = new Map(catalogue.map(({ id }, index) => [id, index]));
  return (userId, lines, count = 20) => {
    const entries = [...historyIn(lines, userId)];
    const known = entries
      .flatMap(([id, entry]) => (indexOf.has(id) ? [{ ...entry, index: indexOf.get(id) as number }] : []))
      .sort((a, b) => b.time - a.time || itemIdAt(b.index) - itemIdAt(a.index));
    const request = {
      history: known.slice(0, foldInMax),
      seen: known.map(({ index }) => index),
      group: groupOf[userId] ?? 0,
      count,
    };
    return recommendReference(arrays, request).map(({ index }) => catalogue[index]?.id ?? '');
  };

  function itemIdAt(index: number): number {
    return catalogue[index]?.itemId ?? 0;
  }
}

const historyIn = (lines: readonly string[], userId: number): Map<string, PlainHistoryEntry> =>
  historiesIn(lines.filter((line) => line.includes(`,${userId},`))).get(userId) ?? new Map();

/** The served list of each user is the one that the reference makes of the user's lines. */
export async function checkLists(
  world: Pick<World, 'gateway'>,
  reference: Reference,
  userIds: readonly number[],
  lines: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const userId of userIds) {
    const answer = await askForJson(world, userId);
    const [got, wanted] = [idsOf(answer).join(), reference(userId, lines).join()];
    if (answer.outcome === 'fallback') problems.push(`user ${userId} got a fallback`);
    if (got !== wanted) problems.push(`user ${userId} got ${got}, not ${wanted}`);
  }
  return problems;
}

/**
 * One more watch of a movie that was not in the list, whose watching must move the list by the reference; then the list that is served is
 * that one. `append` stores the line.
 */
export async function checkOneMoreWatch(
  world: World,
  reference: Reference,
  userId: number,
  { lines, append }: { lines: readonly string[]; append(line: string): Promise<void> },
): Promise<string[]> {
  const before = idsOf(await askForJson(world, userId));
  const lastTime = Math.max(...Array.from(historyIn(lines, userId).values(), ({ time }) => time));
  const stamp = new Date((lastTime + 60) * 1_000).toISOString().slice(0, 19);
  const more = reference(userId, lines, 1_000)
    .filter((id) => !before.includes(id))
    .map((id) => `${stamp},${userId},GET /data/m/${id}/9.mpg`)
    .find((line) => reference(userId, [...lines, line]).join() !== before.join());
  if (more === undefined) return ['no watch would move the list: nothing was checked'];
  await append(more);
  return checkLists(world, reference, [userId], [...lines, more]);
}

/** A gateway that heard of the plan answers with its version, within the two seconds that `Plans` promises (and some for a busy machine). */
export async function checkPlanIsFollowed(world: Pick<World, 'gateway'>, version: string, userId: number) {
  const answersWithIt = async () => (await askForJson(world, userId)).modelVersion === version;
  return waitUntil('', answersWithIt, 5_000).then(
    () => [],
    () => [`answers are not of version ${version}`],
  );
}
