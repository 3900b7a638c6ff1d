import { AppError, systemClock, type Clock } from '@reelay/shared/runtime';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import type { Ledger } from '@reelay/shared/storage';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createIngestorMetrics } from './metrics.ts';
import { Stall, stallReasonOf } from './note-stall.ts';
import { outcomeIn, outcomeOf } from './testing/ingest-oracle.ts';
import { inventLines } from './testing/invent-lines.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';
import { createPortWatch } from './watch-ports.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
});
afterEach(() => world.close());

const noRoom = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
const stallLines = (lines = world.logged) =>
  lines.flatMap(({ msg, part, reason }) =>
    /^ingest (stalled|goes on)$/.test(String(msg)) ? [[msg, part, reason]] : [],
  );

/** A ledger that refuses while `failure` says so. */
const refusing =
  (method: 'commitWindow' | 'itemIds', failure: () => Error | undefined) =>
  (ledger: Ledger): Ledger =>
    new Proxy(ledger, {
      get(target, name: keyof Ledger) {
        const value = target[name] as (...args: unknown[]) => unknown;
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const error = name === method ? failure() : undefined;
          if (error !== undefined) throw error;
          return value.apply(target, args);
        };
      },
    });

async function append(lines: string[]): Promise<void> {
  await world.eventLog.ensureTopic(testTopic, 1);
  for (let first = 0; first < lines.length; first += 5_000)
    await world.eventLog.append(testTopic, lines.slice(first, first + 5_000), { partition: 0 });
}

test('while a window cannot be committed a bounded number of lines is gathered, and then the log is not read', async () => {
  const lines = inventLines(130_000);
  await append(lines);
  let failure: Error | undefined = new AppError('LEDGER_DOWN', 'away');
  const ingestor = await world.another({
    settings: { FLUSH_LINES: 60_000, FLUSH_LOG_MINUTES: 1_440 },
    wrap: refusing('commitWindow', () => failure),
  });
  await ingestor.start();
  const gathered = () => ingestor.state().gathered;
  await waitUntil('as much is gathered as may be', () => gathered() === 110_000);
  let looks = 0;
  await waitUntil('a while has gone by', () => gathered() !== 110_000 || ++looks === 40);
  expect(gathered()).toBe(110_000);
  expect(stallLines()).toEqual([['ingest stalled', 'commit', 'ledger_down']]);
  failure = undefined;
  await ingestor.drained(testTopic, 30_000);
  expect(stallLines().slice(1)).toEqual([['ingest goes on', 'commit', 'ledger_down']]);
  expect((await outcomeIn(world.ledger)).counts).toEqual(outcomeOf([lines]).counts);
});

test.each([
  ['commitWindow', 'commit'],
  ['itemIds', 'read'],
] as const)(
  'a %s that fails again and again is one log line when it begins and one when it ends',
  async (method, part) => {
    let [failure, attempts]: [Error | undefined, number] = [noRoom(), 0];
    const ingestor = await world.another({
      settings: { FLUSH_IDLE_MS: 20 },
      wrap: refusing(method, () => {
        attempts++;
        return failure;
      }),
    });
    await ingestor.start();
    const lines = inventLines(500);
    await append(lines);
    await waitUntil('three attempts', () => attempts >= 3);
    failure = undefined;
    await ingestor.drained(testTopic, 30_000);
    expect(stallLines()).toEqual([
      ['ingest stalled', part, 'disk_full'],
      ['ingest goes on', part, 'disk_full'],
    ]);
    expect(await outcomeIn(world.ledger)).toEqual(outcomeOf([lines]));
  },
);

test('refused lines are told once a window, with their reasons', async () => {
  const ingestor = await world.another();
  await ingestor.start();
  await append([...inventLines(100, 3), 'no line at all', 'another one']);
  await ingestor.drained(testTopic, 30_000);
  const told = world.logged.filter(({ msg }) => msg === 'lines quarantined');
  expect(told).toHaveLength(1);
  const { quarantined, reasons } = told[0] as { quarantined: number; reasons: Record<string, number> };
  expect(quarantined).toBeGreaterThanOrEqual(2);
  expect(Object.values(reasons).reduce((sum, count) => sum + count)).toBe(quarantined);
});

describe('the gauge of stalled partitions', () => {
  const open = (clock: Clock = systemClock) => {
    const registry = createRegistry();
    const { log, lines } = createMemoryLogger();
    const stall = new Stall({ log, metrics: createIngestorMetrics(registry), clock }, { partition: 7 });
    const gauge = async (reason: string) =>
      Number(
        new RegExp(`^reelay_ingest_stalled_partitions\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(
          await registry.metrics(),
        )?.[1],
      );
    return { stall, lines, gauge };
  };

  test('follows the reason, and goes back to 0 at the end', async () => {
    const { stall, lines, gauge } = open();
    stall.begin('commit', 'slow', 'no end');
    expect([await gauge('slow'), await gauge('ledger_down')]).toEqual([1, 0]);
    stall.begin('commit', 'ledger_down', 'away');
    expect([await gauge('slow'), await gauge('ledger_down')]).toEqual([0, 1]);
    stall.end('commit');
    stall.end('commit');
    expect([await gauge('slow'), await gauge('ledger_down')]).toEqual([0, 0]);
    expect(stallLines(lines)).toHaveLength(2);
    expect(lines[0]).toMatchObject({ partition: 7, error: 'no end' });
  });

  test('stays through windows that are all slow, and is told once', async () => {
    const clock = createManualClock();
    const { stall, lines, gauge } = open(clock);
    for (let window = 0; window < 3; window++) {
      clock.advance(10_000);
      stall.begin('commit', 'slow', 'no end');
      clock.advance(15_000);
      stall.endLater('commit', 12_000);
    }
    expect([await gauge('slow'), stallLines(lines).length]).toEqual([1, 1]);
    clock.advance(12_000);
    expect([await gauge('slow'), stallLines(lines).length]).toEqual([0, 2]);
    expect(clock.pending).toBe(0);
  });

  test('of a slow ledger ends in its time, whatever the reading of lines does meanwhile', async () => {
    const clock = createManualClock();
    const { stall, gauge } = open(clock);
    stall.begin('commit', 'slow', 'no end');
    stall.endLater('commit', 12_000);
    stall.begin('read', 'ledger_down', 'away');
    stall.end('read');
    clock.advance(12_000);
    expect([await gauge('slow'), await gauge('ledger_down')]).toEqual([0, 0]);
  });

  test('ends with the first quick window, and what was to end it later is taken back', async () => {
    const clock = createManualClock();
    const { stall, lines, gauge } = open(clock);
    stall.endLater('commit', 12_000);
    expect(clock.pending).toBe(0);
    stall.begin('commit', 'slow', 'no end');
    stall.endLater('commit', 12_000);
    stall.end('commit');
    expect([await gauge('slow'), stallLines(lines).length, clock.pending]).toEqual([0, 2, 0]);
  });

  test('does not count a partition that was given away', async () => {
    const { stall, gauge } = open();
    stall.begin('commit', 'disk_full', 'no room');
    stall.begin('read', 'ledger_down', 'away');
    stall.forget();
    expect([await gauge('disk_full'), await gauge('ledger_down')]).toEqual([0, 0]);
  });
});

test.each([
  ['disk_full', new AppError('LEDGER_DOWN', 'sql', { cause: new Error('io', { cause: noRoom() }) })],
  ['disk_full', Object.assign(new Error('too large'), { code: 'EFBIG' })],
  ['refused', new AppError('DATA_INVALID', 'does not fit')],
  ['ledger_down', new AppError('LEDGER_DOWN', 'away')],
  ['ledger_down', 'no error at all'],
])('a stall by %s is known by its error', (reason, error) => {
  expect(stallReasonOf(error)).toBe(reason);
});

test('a port that goes and comes back is one log line each, and a gauge meanwhile', async () => {
  const registry = createRegistry();
  const { log, lines } = createMemoryLogger();
  let up = true;
  const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };
  const ports = { queue: () => up, ledger: () => Promise.reject(new Error('away')) };
  const watch = createPortWatch({ ports, metrics: createIngestorMetrics(registry), log, clock });
  const shows = (text: string) => async () => (await registry.metrics()).includes(text);
  await watch.start();
  await waitUntil('up', shows('reelay_ingest_port_up{port="queue"} 1'));
  up = false;
  await waitUntil('down', shows('reelay_ingest_port_up{port="queue"} 0'));
  up = true;
  await waitUntil('up again', shows('reelay_ingest_port_up{port="queue"} 1'));
  await watch.stop();
  expect(lines.filter(({ port }) => port === 'queue').map(({ msg }) => msg)).toEqual([
    'a port is away',
    'a port is back',
  ]);
  expect(lines.filter(({ port }) => port === 'ledger').map(({ msg }) => msg)).toEqual(['a port is away']);
});
