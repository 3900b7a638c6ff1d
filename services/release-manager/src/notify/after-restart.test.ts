import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { releaseManagerConfig } from '../config.ts';
import { createReleaseManager } from '../service.ts';
import { openReleaseWorld, type ReleaseWorld } from '../testing/release-world.ts';
import type { Channel } from './channel.ts';
import { createNoticeStore } from './notice-store.ts';
import type { Notice } from './notices.ts';
import { createNotifier } from './notifier.ts';

let world: ReleaseWorld;
const undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  world = await openReleaseWorld();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await world.dispose();
});

/** What arrived, over all lives; while `isAway` nothing does. */
function aChannel() {
  const state = { isAway: false, keys: [] as string[] };
  const channel: Channel = {
    name: 'slack',
    async send({ key }) {
      if (state.isAway) throw new Error('planted');
      state.keys.push(key);
    },
    close: () => {},
  };
  return { state, channel };
}

/** A notifier over the world's ledger; `kept`: without it as before there was a ledger. */
async function startNotifier(channels: Channel[], kept = true) {
  const { clock, ledger } = world;
  const store = kept ? createNoticeStore(ledger, clock) : undefined;
  const notifier = createNotifier({ channels, store, clock, registry: createRegistry(), ...createMemoryLogger() });
  await notifier.start();
  undo.push(() => notifier.stop());
  return notifier;
}

const notice = (key: string, change: Partial<Notice> = {}): Notice => ({
  key,
  kind: 'promoted',
  subject: `about ${key}`,
  text: 'RMSE 0.9000',
  ...change,
});
const unsent = async () => (await world.ledger.notices(100)).filter(({ toldAt }) => toldAt === null).length;

/** Says something while the channel is away, stops, and starts anew two hours later. */
async function restartWith(kept: boolean) {
  const { state, channel } = aChannel();
  state.isAway = true;
  const first = await startNotifier([channel], kept);
  first.tell(notice('plan-7'));
  first.tell(notice('crash', { problem: 'training-crash' }));
  if (kept) await waitUntil('both are kept', async () => (await unsent()) === 2);
  await first.stop();
  world.clock.advance(7_200_000);
  state.isAway = false;
  return { state, channel, second: await startNotifier([channel], kept) };
}

test('what was not sent when the process ended is sent by the next one, hours later, and then no more', async () => {
  const { state, channel, second } = await restartWith(true);
  await waitUntil('both arrive', () => state.keys.length === 2);
  await waitUntil('that is kept', async () => (await unsent()) === 0);
  second.tell(notice('plan-7'));
  await second.stop();
  await (await startNotifier([channel])).stop();
  expect(state.keys).toEqual(['plan-7', 'crash']);
});

test('planted: without the ledger those messages are lost', async () => {
  const { state, second } = await restartWith(false);
  second.tell(notice('later'));
  await waitUntil('a later one arrives', () => state.keys.length > 0);
  expect(state.keys).toEqual(['later']);
});

test('a problem that an earlier process told is told to be over', async () => {
  const { state, channel } = aChannel();
  const first = await startNotifier([channel]);
  first.tell(notice('bad', { problem: 'gate' }));
  await waitUntil('it is sent', async () => state.keys.length === 1 && (await unsent()) === 0);
  await first.stop();
  (await startNotifier([channel])).tell(notice('good', { resolves: ['gate'] }));
  await waitUntil('its end is told', () => state.keys.includes('resolved-gate-good'));
});

const decided = (epoch: number, at: number): Plan => ({
  ...emptyPlan,
  epoch,
  stable: '1-abc123',
  release: {
    version: '1-abc123',
    state: 'promoted',
    startedAt: at,
    stepAt: at,
    held: false,
    previous: null,
    by: 'reelay',
    at,
    reason: 'planted',
  },
});

async function startManager(channel: Channel) {
  const { log, clock, ledger, artifacts, plans } = world;
  const config = releaseManagerConfig.parse({ RELEASE_POLL_MS: 1_000 });
  const ports = { ledger, artifacts, plans, log, clock, registry: createRegistry() };
  const manager = createReleaseManager({ ...ports, config, channels: [channel] });
  await manager.start();
  undo.push(() => manager.stop());
  return manager;
}

test('a decision whose manager died before it said so is told at the next start, once, and one of long ago is not', async () => {
  const { state, channel } = aChannel();
  const [{ ledger, clock }, hour] = [world, 3_600_000];
  clock.advance(100 * hour);
  await ledger.addNotice({ key: 'earlier', body: JSON.stringify(notice('earlier')), createdAt: 1 });
  await ledger.setNoticeTold('earlier', 2);
  await ledger.changePlan(0, decided(1, clock.now() - 30 * hour));
  await ledger.changePlan(1, decided(2, clock.now() - 2 * hour));
  const first = await startManager(channel);
  await waitUntil('it is told', () => state.keys.length > 0);
  await waitUntil('that is kept', async () => (await unsent()) === 0);
  await first.stop();
  await (await startManager(channel)).stop();
  expect(state.keys).toEqual(['plan-2']);
});

test('another manager that lives tells it after a minute', async () => {
  const { state, channel } = aChannel();
  const manager = await startManager(channel);
  await world.ledger.changePlan(0, decided(1, world.clock.now()));
  await manager.round();
  expect(state.keys).toEqual([]);
  world.clock.advance(60_000);
  await waitUntil('it is told', async () => (await manager.round(), state.keys.length > 0));
  expect(state.keys).toEqual(['plan-1']);
});
