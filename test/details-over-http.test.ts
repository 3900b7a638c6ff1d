import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openLedger, type Ledger, type MovieRow, type UserRow } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { createIngestor, ingestorConfig } from '../services/ingestor/src/index.ts';
import {
  createDetailsApi,
  simulatorConfig,
  type ApiSettings,
  type Population,
} from '../services/simulator/src/index.ts';
import { tinyPopulation } from './append-history.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const population = tinyPopulation();
const topic = 'details-test';
const enoughMs = 60_000;

/** Recommendation lines that name every user and every movie. */
function linesThatNameAll({ userIds, catalogue }: Population): string[] {
  return Array.from(userIds, (userId, place) => {
    const shown = [0, 1].map((next) => catalogue.movies[(2 * place + next) % catalogue.movies.length].id);
    return `2026-02-03T04:05:06,${userId},recommendation request host:8082, status 200, result: ${shown.join(', ')}, 20 ms`;
  });
}

const truth = ({ people, userIds, catalogue }: Population) => ({
  users: people
    .map(({ age, gender, occupation }, place): UserRow => ({ userId: userIds[place], age, gender, occupation }))
    .toSorted((a, b) => a.userId - b.userId),
  movies: new Map(catalogue.movies.map((movie): [string, MovieRow] => [movie.id, movie])),
});

async function openAll(settings: Record<string, string>): Promise<{ ledger: Ledger; ingest(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'reelay-http-details-'));
  undo.push(() => rm(home, { recursive: true, force: true }));
  const apiConfig = simulatorConfig.parse({ API_PORT: '0', SIM_API_RATE: '0', ...settings }) as ApiSettings;
  const api = createDetailsApi({ config: apiConfig, population, clock: systemClock });
  undo.push(() => api.stop());
  await api.start();
  const ledger = await openLedger(`sqlite:${home}/ledger.db`);
  const eventLog = await openEventLog(`sqlite:${home}/events.db`);
  const histories = await openHistories('memory:');
  for (const port of [ledger, eventLog, histories]) undo.push(() => port.close());
  const config = ingestorConfig.parse({
    EVENT_LOG_URL: 'opened',
    LEDGER_URL: 'opened',
    REDIS_URL: 'opened',
    EVENT_TOPIC: topic,
    EVENT_PARTITIONS: '1',
    CSV_DIR: join(home, 'csv'),
    DETAILS_API_URL: `http://127.0.0.1:${api.port}`,
    DETAILS_RATE: '1000',
  });
  const { log } = createMemoryLogger();
  const deps = { config, ledger, eventLog, histories, log, registry: createRegistry(), clock: systemClock };
  const ingestor = createIngestor(deps);
  undo.push(() => ingestor.stop());
  return {
    ledger,
    async ingest() {
      await ingestor.start();
      await eventLog.append(topic, linesThatNameAll(population));
    },
  };
}

async function usersOf(ledger: Ledger): Promise<UserRow[]> {
  const all: UserRow[] = [];
  await ledger.users((rows) => void all.push(...rows));
  return all;
}

test.each([
  { SIM_API_YEAR: '2019', SIM_API_UNKNOWN_STATUS: '200' },
  { SIM_API_YEAR: '2025', SIM_API_UNKNOWN_STATUS: '404' },
  { SIM_API_YEAR: '2026', SIM_API_UNKNOWN_STATUS: '404' },
])(
  'the details of all whom lines name are those that the API of $SIM_API_YEAR has',
  async (settings) => {
    const { ledger, ingest } = await openAll(settings);
    const { users, movies } = truth(population);
    await ingest();
    const detailed = async () => (await ledger.items()).filter(({ movie }) => movie.title !== movie.id);
    await waitUntil('all users', async () => (await usersOf(ledger)).length >= users.length, enoughMs);
    await waitUntil('all movies', async () => (await detailed()).length >= movies.size, enoughMs);
    expect(users.length).toBe(300);
    expect(await usersOf(ledger)).toEqual(users);
    for (const { movie } of await ledger.items()) {
      const { title, year, genres, runtime } = movies.get(movie.id)!;
      // The API tells a runtime of 0 for a few, which is none.
      expect([runtime, null]).toContain(movie.runtime);
      // All that the API says of age is that none is for adults alone.
      expect(movie).toMatchObject({ title, year, genres, minAge: 17 });
    }
  },
  150_000,
);
