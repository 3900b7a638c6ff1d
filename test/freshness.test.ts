import type { Ledger } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appendAndStore, historyOf, tinyPopulation, untilHistoriesHold, withDetailsOf } from './append-history.ts';
import { askBefore, untilSeen, watchLineOf, type Before } from './freshness.ts';
import { changed, versionsThatStand } from './plant-fault.ts';
import { trainAndRelease } from './train-and-release.ts';
import { worldNames, type WorldName } from './world-addresses.ts';
import { openWorld, type ChangePorts, type World } from './world.ts';

vi.setConfig({ testTimeout: 90_000 });

const promisedMs = 1_000;
/** Two cores, other tests, a whole platform in one thread: what is promised to one user is asked for many at once. */
const busyMachineMs = 9_000;
const withinMs = promisedMs + busyMachineMs;

const population = tinyPopulation();
const history = historyOf(population, 20_000);
const userIds = Array.from(population.userIds);

/** Holds commits up, inside their transaction, while it is shut. */
function createCommitGate() {
  let [open, inside] = [Promise.resolve(), 0];
  let letGo = () => {};
  const holding = (ledger: Ledger): Ledger =>
    changed(ledger, {
      commitWindow: (window, appendCsv) =>
        ledger.commitWindow(window, async (rows) => {
          const files = await appendCsv(rows);
          inside++;
          await open;
          inside--;
          return files;
        }),
    });
  return {
    holding,
    /** Commits that have begun and cannot end. */
    held: () => inside,
    shut() {
      const held = Promise.withResolvers<void>();
      [open, letGo] = [held.promise, held.resolve];
    },
    open: () => letGo(),
  };
}

async function openFreshWorld(name: WorldName, ingestorPorts?: ChangePorts): Promise<World> {
  const world = await openWorld(name, { prepare: withDetailsOf(population), ingestorPorts });
  await appendAndStore(
    world,
    history.map(({ line }) => line),
  );
  await trainAndRelease(world);
  const sound = history.filter(({ dirty }) => dirty !== 'detectable').map(({ line }) => line);
  await untilHistoriesHold(world, sound);
  return world;
}

/** Appends a line for each, and says what of it is not in their next answers. */
async function lateLines(world: World, before: Before[], limitMs = withinMs): Promise<string[]> {
  const appendedAt = performance.now();
  // To both partitions: one whose commit is held up, and one that is free.
  for (const partition of [0, 1]) {
    const lines = before.filter((_, at) => at % 2 === partition).map((one) => watchLineOf(one, new Date()));
    await world.eventLog.append(world.topic, lines, { partition });
  }
  const seen = await Promise.all(before.map((one) => untilSeen(world, one, { appendedAt, withinMs: limitMs })));
  return seen.filter((one) => typeof one === 'string');
}

/** Something to commit. */
const appendFromSomebodyElse = ({ eventLog, topic }: World, like: Before): Promise<void> =>
  eventLog.append(topic, [watchLineOf({ ...like, userId: userIds.at(-1)! }, new Date())], { partition: 0 });

describe.each(worldNames)('%s: a line is in the next answer of its user', (name) => {
  const gate = createCommitGate();
  let world: World;
  beforeAll(async () => {
    world = await openFreshWorld(name, ({ ledger }) => ({ ledger: gate.holding(ledger) }));
  });
  afterAll(async () => {
    gate.open();
    await world?.close();
  });

  test('of 50 users, each', async () => {
    const before = await askBefore(world, userIds.slice(0, 50), { kept: false });
    expect(before.map(({ outcome }) => outcome)).toContain('model');
    expect(await lateLines(world, before)).toEqual([]);
  });

  test('of 50 users, each, though a kept answer was there', async () => {
    const before = await askBefore(world, userIds.slice(50, 100), { kept: true });
    expect(before.map(({ outcome }) => outcome)).toEqual(before.map(() => 'cache'));
    expect(await lateLines(world, before)).toEqual([]);
  });

  test('of 50 users, each, while a flush runs', async () => {
    const before = await askBefore(world, userIds.slice(100, 150), { kept: true });
    // The lines of the test before would be committed at the same time, in the other partition.
    await world.ingestor.drained(world.topic, 30_000);
    gate.shut();
    await appendFromSomebodyElse(world, before[0]);
    await waitUntil('a commit is under way', () => gate.held() === 1);
    expect(await lateLines(world, before)).toEqual([]);
    // It ran from before the first line to after the last answer.
    expect(gate.held()).toBe(1);
    gate.open();
    await world.ingestor.drained(world.topic, 30_000);
  });
});

describe('the check can fail', () => {
  const [faultMs, few] = [1_500, userIds.slice(0, 3)];
  let world: World | undefined;
  afterAll(() => world?.close());

  test('when lines are not merged into histories', async () => {
    let merging = true;
    world = await openFreshWorld('embedded', ({ histories }) => ({
      histories: changed(histories, {
        merge: (events) => (merging ? histories.merge(events) : Promise.resolve()),
      }),
    }));
    const before = await askBefore(world, few, { kept: false });
    merging = false;
    const late = await lateLines(world, before, faultMs);
    merging = true;
    expect(late).toEqual(
      before.map(({ userId, version }) => `user ${userId}: the history still has version ${version}`),
    );
  });

  test('when a kept answer is given though its history has moved on', async () => {
    const stale = await world!.throughAnotherGateway(({ histories }) => ({ histories: versionsThatStand(histories) }));
    await waitUntil('it answers', () =>
      askBefore(stale, few, { kept: false }).then(
        () => true,
        () => false,
      ),
    );
    const before = await askBefore(stale, userIds.slice(10, 13), { kept: true });
    expect(await lateLines(stale, before, faultMs)).toHaveLength(3);
  });

  test('when histories wait for the flush', async () => {
    const gate = createCommitGate();
    const waiting = await world!.withNewIngestor(({ ledger, histories }) => ({
      ledger: gate.holding(ledger),
      histories: changed(histories, {
        async merge(events) {
          await waitUntil('no flush runs', () => gate.held() === 0, 60_000);
          return histories.merge(events);
        },
      }),
    }));
    const before = await askBefore(waiting, userIds.slice(20, 23), { kept: true });
    gate.shut();
    await appendFromSomebodyElse(waiting, before[0]);
    await waitUntil('a commit is under way', () => gate.held() === 1);
    const late = await lateLines(waiting, before, faultMs);
    gate.open();
    expect(late).toHaveLength(3);
  });
});
