import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { AppError, systemClock } from '@reelay/shared/runtime';
import { lifecycleContract, LogRecorder, waitUntil } from '@reelay/shared/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { simulatorConfig } from './config.ts';
import { lastLogTime } from './last-log-time.ts';
import { parseLogTime } from './log-time.ts';
import { createPopulation } from './population.ts';
import { seedHistory } from './seed-history.ts';
import { createSimulator } from './service.ts';

const population = createPopulation({ seed: 1, preset: 'tiny' });
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function openLog(): Promise<{ eventLog: EventLog; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const eventLog = await openEventLog(`sqlite:${join(folder, 'events.db')}`);
  undo.push(() => eventLog.close());
  return { eventLog, folder };
}

async function make(settings: Record<string, string> = {}) {
  const { eventLog, folder } = await openLog();
  const config = simulatorConfig.parse({
    ADMIN_PORT: 'off',
    API_PORT: '0',
    SIM_RATE: '200',
    SIM_SPEED: '600',
    DETAILS_DIR: folder,
    ...settings,
  });
  let requesters = 0;
  const requester = () => {
    requesters++;
    return {
      inFlight: 0,
      recommend: async () => ({ status: 200 as const, movieIds: [population.catalogue.movies[0].id], latencyMs: 3 }),
      close: () => void requesters--,
    };
  };
  const { log } = createMemoryLogger();
  const simulator = createSimulator({
    config,
    eventLog,
    log,
    registry: createRegistry(),
    clock: systemClock,
    population,
    requester,
  });
  undo.push(() => simulator.stop());
  return { simulator, eventLog, folder, config, open: () => requesters };
}

lifecycleContract('simulator', {
  async make() {
    const { simulator, open } = await make();
    return { service: simulator, open };
  },
  async makeFailing() {
    const { simulator, open, eventLog } = await make();
    eventLog.ranges = () => Promise.reject(new AppError('EVENT_LOG_DOWN', 'away'));
    return { service: simulator, open };
  },
});

describe('a running simulator', () => {
  test('writes details, asks, and appends lines that go on where the log ended', async () => {
    const { simulator, eventLog, folder, config } = await make();
    const seeded = await seedHistory({ eventLog, topic: config.EVENT_TOPIC, population, lines: 2_000 });
    await simulator.start();
    await waitUntil('lines are written', () => simulator.stats().lines > 100);
    await simulator.stop();
    const live = (await textsOf(eventLog, config.EVENT_TOPIC, 2_000 + simulator.stats().lines)).slice(2_000);
    expect(live).toHaveLength(simulator.stats().lines);
    expect(parseLogTime(live[0].split(',')[0])).toBeGreaterThanOrEqual(seeded.endTime);
    expect((await readdir(folder)).filter((name) => name.endsWith('.csv'))).toEqual(['movies.csv', 'users.csv']);
    expect(simulator.stats()).toMatchObject({ traffic: 'off', skipped: 0 });
  });

  test('lets nobody come before it is told to, and after it is told to stop', async () => {
    const { simulator, open } = await make({ SIM_TRAFFIC: 'off' });
    await expect(simulator.startTraffic()).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await simulator.start();
    expect(open()).toBe(0);
    await simulator.startTraffic();
    await waitUntil('requests are sent', () => simulator.stats().inTime > 10);
    expect(simulator.stats().traffic).toBe('on');
    await simulator.stopTraffic();
    expect(open()).toBe(0);
    expect(simulator.stats().traffic).toBe('off');
  });

  test('writes lines that a broken log refused as soon as it takes them again, each once', async () => {
    const { simulator, eventLog, config } = await make();
    const append = eventLog.append.bind(eventLog);
    let refused = 0;
    eventLog.append = async (...args) => {
      if (refused++ < 1) throw new AppError('EVENT_LOG_DOWN', 'away');
      return append(...args);
    };
    await simulator.start();
    await waitUntil('lines are written', async () => (await eventLog.ranges(config.EVENT_TOPIC))[0].high > 100);
    await simulator.stop();
    expect((await eventLog.ranges(config.EVENT_TOPIC))[0].high).toBe(simulator.stats().lines);
  });
});

describe('a seeded history', () => {
  test('is in the log line by line, with progress told and dirt counted', async () => {
    const { eventLog } = await openLog();
    const progress: number[] = [];
    const seeded = await seedHistory({
      eventLog,
      topic: 't',
      population,
      lines: 12_000,
      dirt: 0.01,
      onProgress: ({ lines }) => progress.push(lines),
    });
    expect(progress).toEqual([5_000, 10_000, 12_000]);
    expect(seeded).toMatchObject({ lines: 12_000 });
    expect(seeded.detectable).toBeGreaterThan(50);
    expect(seeded.dirty).toBeGreaterThan(seeded.detectable);
    expect(await eventLog.ranges('t')).toEqual([{ partition: 0, low: 0, high: 12_000 }]);
    expect(await lastLogTime(eventLog, 't')).toBe(seeded.endTime);
  });

  test('that was cut off goes on where it stands, as if it had not been', async () => {
    const { eventLog } = await openLog();
    await seedHistory({ eventLog, topic: 'whole', population, lines: 6_000 });
    await seedHistory({ eventLog, topic: 'parts', population, lines: 6_000, signal: AbortSignal.abort() });
    const [{ high }] = await eventLog.ranges('parts');
    expect(high).toBe(5_000);
    await seedHistory({ eventLog, topic: 'parts', population, lines: 6_000, skip: high });
    const [whole, parts] = await Promise.all(['whole', 'parts'].map((topic) => textsOf(eventLog, topic, 6_000)));
    expect(parts).toEqual(whole);
  });

  test('that is not there has no last time', async () => {
    const { eventLog } = await openLog();
    expect(await lastLogTime(eventLog, 'none')).toBeUndefined();
  });
});

async function textsOf(eventLog: EventLog, topic: string, lines: number): Promise<string[]> {
  const recorder = new LogRecorder();
  const reading = await eventLog.follow(topic, recorder);
  await waitUntil('all lines are read', () => recorder.lines().length >= lines);
  await reading.stop();
  return recorder.texts();
}
