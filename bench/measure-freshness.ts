import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { percentile } from '@reelay/shared/testing/open-loop';
import { createPopulation, generateHistory, simulatorConfig } from '@reelay/simulator';
import type { PlatformUnderTest } from './platform-under-test.ts';
import { row, type Row } from './print-table.ts';

const usersAsked = 200;
const giveUpMs = 15_000;
/** A caller that looks again this often; the figure is no finer than that. */
const askEveryMs = 5;
/** Lines of other people that each flush has to store. */
const flushedLines = 20_000;

const situations = ['no answer kept', 'an answer kept', 'an answer kept, flushes all the time'] as const;
type Situation = (typeof situations)[number];

interface FreshnessBench {
  platform: PlatformUnderTest;
  eventLog: EventLog;
  topic: string;
}

/**
 * From before the append of a watch line to the first JSON answer that counts it in `history.version` and no longer shows the movie: 200
 * users a situation, one after the other.
 */
export async function measureFreshness(platform: PlatformUnderTest): Promise<Row[]> {
  const run = JSON.parse(await readFile(join(platform.home, 'run.json'), 'utf8')) as RunFile;
  const eventLog = await openEventLog(run.addresses.EVENT_LOG_URL);
  const { SIM_SEED: seed, SIM_PRESET: preset } = simulatorConfig.parse({});
  const population = createPopulation({ seed, preset });
  const userIds = Array.from(population.userIds.slice(0, usersAsked * situations.length));
  const asked = new Set(userIds);
  const others = Array.from(generateHistory(population, { lines: 60_000 }), ({ line }) => line)
    .filter((line) => !asked.has(Number(line.split(',')[1])))
    .slice(0, flushedLines);
  try {
    const rows: Row[] = [];
    for (const [place, situation] of situations.entries()) {
      const users = userIds.slice(place * usersAsked, (place + 1) * usersAsked);
      const bench = { platform, eventLog, topic: run.topic };
      rows.push(...(await measureSituation(bench, situation, users, others)));
    }
    return rows;
  } finally {
    await eventLog.close();
  }
}

interface RunFile {
  topic: string;
  addresses: { EVENT_LOG_URL: string };
}

async function measureSituation(
  bench: FreshnessBench,
  situation: Situation,
  userIds: number[],
  others: string[],
): Promise<Row[]> {
  const kept = situation !== 'no answer kept';
  const flushing = situation.includes('flushes') ? flushAllTheTime(bench, others) : undefined;
  const begun = performance.now();
  const committedBefore = await secondsOfCommits(bench);
  const delays: number[] = [];
  for (const userId of userIds) delays.push(await delayOf(bench, userId, kept));
  const committing = (await secondsOfCommits(bench)) - committedBefore;
  await flushing?.stop();
  const share = Math.round((100_000 * committing) / (performance.now() - begun));
  const remark = `${delays.length} users, slowest ${Math.round(Math.max(...delays))} ms; commits ran ${share} % of the time`;
  return [0.5, 0.95, 0.99].map((q) =>
    row(`watched to answered, ${situation}, p${q * 100}`, 'ms', [percentile(delays, q)], remark),
  );
}

/** Milliseconds; throws when the line is not in the answers after `giveUpMs`. */
async function delayOf({ platform, eventLog, topic }: FreshnessBench, userId: number, kept: boolean): Promise<number> {
  const before = await listBefore(platform.gateway, userId, kept);
  const [movie, version] = [before.items[0]?.id ?? '', before.history?.version ?? 0];
  const line = `${new Date().toISOString().slice(0, 19)},${userId},GET /data/m/${movie}/3.mpg`;
  const startedAt = performance.now();
  await eventLog.append(topic, [line]);
  for (;;) {
    const { outcome, history, items } = await ask(platform.gateway, userId);
    const ms = performance.now() - startedAt;
    if (outcome !== 'fallback' && history?.version === version + 1 && !items.some(({ id }) => id === movie)) return ms;
    if (ms > giveUpMs) throw new Error(`user ${userId}: version ${version}, then ${history?.version} (${outcome})`);
    await pause(askEveryMs);
  }
}

/** The list that the user was shown: computed for the first time, or kept from then. */
async function listBefore(gateway: string, userId: number, kept: boolean): Promise<RecommendResponse> {
  for (let attempt = 1; attempt <= 200; attempt++) {
    const answer = await ask(gateway, userId);
    if (answer.outcome === (kept ? 'cache' : 'model')) return answer;
    await pause(10);
  }
  throw new Error(`no list for user ${userId}`);
}

async function ask(gateway: string, userId: number): Promise<RecommendResponse> {
  const response = await fetch(`${gateway}/recommend/${userId}`, { headers: { accept: 'application/json' } });
  return (await response.json()) as RecommendResponse;
}

/** Lines of other people, and a flush that stores them, over and over until stopped. */
function flushAllTheTime({ platform, eventLog, topic }: FreshnessBench, others: string[]): { stop(): Promise<void> } {
  const end = new AbortController();
  const running = (async () => {
    while (!end.signal.aborted) {
      await eventLog.append(topic, others);
      await fetch(new URL('/admin/flush', platform.admin.ingestor), { method: 'POST' });
    }
  })();
  return {
    async stop() {
      end.abort();
      await running;
    },
  };
}

async function secondsOfCommits({ platform }: FreshnessBench): Promise<number> {
  const text = await (await fetch(new URL('/metrics', platform.admin.ingestor))).text();
  const found = /^reelay_ingest_flush_seconds_sum(?:\{[^}]*\})? (\S+)$/m.exec(text);
  return Number(found?.[1] ?? 0);
}
