import { waitUntil } from '@reelay/shared/testing';
import {
  createPopulation,
  generateHistory,
  historyDefaults,
  writeDetails,
  type HistoryLine,
  type Population,
} from '../services/simulator/src/index.ts';
import { historiesIn } from './read-plainly.ts';
import type { World } from './world.ts';

/** About 300 users and 400 titles with short viewings. */
export const tinyPopulation = (): Population => createPopulation({ seed: 7, preset: 'tiny' });

export const historyOf = (population: Population, lines: number, dirt?: number): HistoryLine[] => [
  ...generateHistory(population, { lines, dirt: dirt ?? historyDefaults.dirt }),
];

/** For `openWorld`: users and movies stand in their files before anything starts. */
export const withDetailsOf =
  (population: Population) =>
  async ({ detailsDir }: Pick<World, 'detailsDir'>): Promise<void> => {
    await writeDetails(population, detailsDir);
  };

const linesPerAppend = 5_000;
const enoughMs = 60_000;

/** Appends to one partition after the other, then waits until every line is stored. */
export async function appendAndStore(world: World, lines: readonly string[]): Promise<void> {
  await appendLines(world, lines);
  await world.ingestor.drained(world.topic, enoughMs);
}

export async function appendLines({ eventLog, topic }: World, lines: readonly string[]): Promise<void> {
  for (let start = 0; start < lines.length; start += linesPerAppend) {
    await eventLog.append(topic, lines.slice(start, start + linesPerAppend));
  }
}

const usersPerRead = 50;

/** Waits until workers can read what sound lines say; histories are merged beside the storing, not in it. */
export async function untilHistoriesHold(world: World, soundLines: readonly string[]): Promise<void> {
  const wanted = [...historiesIn(soundLines)];
  const itemIds = new Map((await world.ledger.items()).map(({ itemId, movie }) => [movie.id, itemId]));
  const holds = async (): Promise<boolean> => {
    for (let start = 0; start < wanted.length; start += usersPerRead) {
      const some = wanted.slice(start, start + usersPerRead);
      const read = await world.histories.read(some.map(([userId]) => userId));
      const held = some.every(([, movies], at) => {
        const times = new Map(read[at]?.entries.map(({ itemId, time }) => [itemId, time]));
        return [...movies].every(([movieId, { time }]) => (times.get(itemIds.get(movieId) ?? 0) ?? 0) >= time);
      });
      if (!held) return false;
    }
    return true;
  };
  // A store that is slow for a moment is asked again.
  await waitUntil('histories hold all lines', () => holds().catch(() => false), enoughMs);
}
