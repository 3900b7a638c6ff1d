import { openEventLog } from '@reelay/shared/messaging';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { AppError, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { createPopulation, exampleUserIds, simulatorConfig } from '@reelay/simulator';
import { callAdmin } from './admin-client.ts';
import { trainThere } from './commands/train.ts';
import type { Platform } from './platform.ts';
import { seedOnce, type SeedState } from './seed-once.ts';
import type { Settings } from './settings.ts';
import type { Voice } from './terminal/voice.ts';
import { waitUntilIngested } from './wait-until-ingested.ts';

const servedWithinMs = 60_000;
const detailsWithinMs = 10_000;
/** Nobody of the population has this id, so asking for it leaves no answer in anybody's cache. */
const stranger = 2_147_483_647;

/**
 * What makes a fresh platform worth looking at: a history that is ingested, a first model that is served, traffic. Each step is
 * left out when its result is there already. Returns users to try.
 */
export async function prepareFirstRun(settings: Settings, platform: Platform, voice: Voice): Promise<number[]> {
  const config = loadConfig(simulatorConfig, { ...process.env, ...platform.addresses });
  const population = createPopulation({ seed: config.SIM_SEED, preset: config.SIM_PRESET });
  const ledger = await openLedger(platform.addresses.LEDGER_URL);
  const eventLog = await openEventLog(platform.addresses.EVENT_LOG_URL);
  try {
    await step(voice, 'history', (onProgress) =>
      platform.mode === 'embedded'
        ? seedThere(platform.admin.simulator ?? '', onProgress)
        : seedOnce({ eventLog, config, population, onProgress: ({ lines, of }) => onProgress(lines, of) }),
    );
    await step(voice, 'ingest', (onProgress) => {
      const flush = () =>
        callAdmin(platform.admin.ingestor ?? '', '/admin/flush', { method: 'POST', timeoutMs: 60_000 });
      return waitUntilIngested({ eventLog, ledger, topic: settings.EVENT_TOPIC, flush, onProgress });
    });
    await trainFirstModel(platform, ledger, population.people.length, voice);
    await step(voice, 'release', () => waitUntilServed(platform, ledger));
    if (config.SIM_TRAFFIC === 'on')
      await callAdmin(platform.admin.simulator ?? '', '/admin/traffic/start', { method: 'POST' });
  } finally {
    await eventLog.close();
    await ledger.close();
  }
  return exampleUserIds(population, 5);
}

async function step(
  voice: Voice,
  name: string,
  work: (onProgress: (done: number, of?: number) => void) => Promise<unknown>,
): Promise<void> {
  const started = systemClock.monotonicMs();
  const progress = voice.progress(name);
  try {
    await work((done, of) => progress.update(done, of));
  } finally {
    progress.end();
  }
  const seconds = (systemClock.monotonicMs() - started) / 1_000;
  voice.say('step', `${name.padEnd(10)} ${seconds.toFixed(1)} s`, { step: name, seconds });
}

async function seedThere(admin: string, onProgress: (done: number, of: number) => void): Promise<void> {
  await callAdmin(admin, '/admin/history', { method: 'POST' });
  for (;;) {
    const { state, lines, of, error } = await callAdmin<SeedState>(admin, '/admin/history');
    if (state === 'done') return;
    if (state === 'failed') throw new AppError('START_FAILED', `the history could not be generated: ${error}`);
    onProgress(lines, of);
    await systemClock.sleep(100);
  }
}

async function trainFirstModel(platform: Platform, ledger: Ledger, people: number, voice: Voice): Promise<void> {
  if ((await ledger.versions()).length > 0) return;
  await waitForDetails(ledger, people);
  await step(voice, 'training', (onProgress) =>
    trainThere(platform.admin.trainer ?? '', { onProgress: ({ done }) => onProgress(Math.round(100 * done), 100) }),
  );
}

/**
 * The ingestor reads the files of users and movies when it next looks; a model trained before that knows no demographics, and which of
 * the two it is would be chance. Users come last. People from elsewhere (`USERS_FILE`) may be fewer: then it goes on in the end.
 */
async function waitForDetails(ledger: Ledger, people: number): Promise<void> {
  const until = systemClock.monotonicMs() + detailsWithinMs;
  let known = 0;
  while (known < people && systemClock.monotonicMs() < until) {
    known = 0;
    await ledger.users((rows) => void (known += rows.length));
    if (known < people) await systemClock.sleep(100);
  }
}

/** Until the gateway gives an answer that a worker computed from the plan's version. */
async function waitUntilServed(platform: Platform, ledger: Ledger): Promise<void> {
  const until = systemClock.monotonicMs() + servedWithinMs;
  while (systemClock.monotonicMs() < until) {
    if (await isServed(platform)) return;
    await systemClock.sleep(100);
  }
  const refused = (await ledger.versions()).filter(({ state }) => state === 'refused').at(-1);
  throw new AppError(
    'START_FAILED',
    refused ? `the first model was refused: ${refused.reason}` : 'no model is served; see the logs',
  );
}

async function isServed({ gateway }: Platform): Promise<boolean> {
  const response = await fetch(`${gateway}/recommend/${stranger}`, { headers: { accept: 'application/json' } }).catch(
    () => undefined,
  );
  if (!response?.ok) return false;
  const { outcome } = (await response.json()) as RecommendResponse;
  return outcome !== 'fallback';
}
