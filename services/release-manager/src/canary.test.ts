import { addUserTo, type Plan } from '@reelay/shared/contracts';
import { createRegistry } from '@reelay/shared/observability';
import { createManualClock, type ManualClock } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { releaseRoutes, type ReleasesView } from './admin-routes.ts';
import { releaseManagerConfig } from './config.ts';
import type { Notice } from './notify/notices.ts';
import { createReleaseManager, type ReleaseManager } from './service.ts';
import { goodMetrics, openReleaseWorld, type ReleaseWorld } from './testing/release-world.ts';
import { noTrackEvidence, type CanaryEvidence } from './verdict/evidence.ts';
import { addLatency } from './verdict/latency-counts.ts';

const config = releaseManagerConfig.parse({ RELEASE_STEPS: '20,50,100', VERDICT_MIN_MS: 0, VERDICT_MAX_MS: 60_000 });

let world: ReleaseWorld;
let clock: ManualClock;
let manager: ReleaseManager;
let notices: Notice[];
/** What the canary is like; null: nothing is seen. */
let canary: { ms: number; watched: number } | null;
let stable = '';
let evidenceFails = false;

beforeEach(async () => {
  world = await openReleaseWorld();
  clock = createManualClock();
  notices = [];
  evidenceFails = false;
  canary = { ms: 10, watched: 3 };
  manager = createManager();
  stable = await world.addCandidate();
  await round();
});
afterEach(async () => {
  await manager.stop();
  await world.dispose();
});

function createManager(): ReleaseManager {
  const channel = {
    name: 'slack' as const,
    send: async (notice: Notice) => void notices.push(notice),
    close: () => {},
  };
  return createReleaseManager({
    ...world,
    config,
    clock,
    registry: createRegistry(),
    channels: [channel],
    async evidence(plan) {
      if (evidenceFails) throw new Error('planted');
      return canary === null ? null : evidenceOf(plan, canary);
    },
  });
}

function evidenceOf({ epoch, share }: Plan, seen: { ms: number; watched: number }): CanaryEvidence {
  const track = (users: number, ms: number, watched: number) => {
    const evidence = { ...noTrackEvidence(), users };
    for (let user = 0; user < users; user++) {
      addUserTo(evidence.watched, 10, watched + (user % 3) - 1);
      addUserTo(evidence.unanswered, 10, 0);
      for (let answer = 0; answer < 10; answer++) addLatency(evidence.latency, ms);
    }
    return evidence;
  };
  const all = 20_000;
  return {
    epoch,
    share,
    elapsedMs: 3_600_000,
    failure: null,
    stable: track(all * (1 - share), 10, 3),
    canary: track(all * share, seen.ms, seen.watched),
  };
}

/** The next look at everything; verdicts have a pace of their own. */
async function round(): Promise<Plan> {
  clock.advance(config.VERDICT_POLL_MS);
  await manager.round();
  return world.ledger.plan();
}
const post = (name: string, body?: unknown) =>
  releaseRoutes(world.ledger, manager)[`POST /admin/releases/${name}`](body, {}) as Promise<unknown>;
const look = () => releaseRoutes(world.ledger, manager)['GET /admin/releases/verdict'](undefined, {});
const view = () => releaseRoutes(world.ledger)['GET /admin/releases'](undefined, {}) as Promise<ReleasesView>;

test('the first version serves everybody at once; the next goes through its canary, step by step', async () => {
  expect(await world.ledger.plan()).toMatchObject({ stable, canary: null });
  const next = await world.addCandidate();
  const shares = [];
  for (let plan = await round(); plan.stable !== next; plan = await round()) shares.push([plan.canary, plan.share]);
  expect(shares).toEqual([[next, 0.5]]);
  expect((await view()).versions).toMatchObject([{ state: 'released' }, { id: next, state: 'released' }]);
});

test('a slow canary is aborted and withdrawn, with the figures; the candidate behind it comes next', async () => {
  const [slow, behind] = [await world.addCandidate(), await world.addCandidate()];
  canary = null;
  expect(await round()).toMatchObject({ canary: slow, share: 0.2 });
  expect((await view()).versions.map(({ state }) => state)).toEqual(['released', 'canary', 'candidate']);
  await round();
  expect(look()).toMatchObject({ version: slow, outcome: 'undecided', at: clock.now() });
  canary = { ms: 90, watched: 3 };
  expect(await round()).toMatchObject({ stable, canary: null, withdrawn: [slow] });
  expect((await view()).versions[1]).toMatchObject({ state: 'withdrawn', reason: expect.stringContaining('p99') });
  expect(look()).toMatchObject({ version: slow, outcome: 'worse', findings: expect.any(Array) });
  canary = null;
  expect(await round()).toMatchObject({ canary: behind, withdrawn: [slow] });
});

test.each(['nothing is seen', 'the evidence cannot be read'])(
  '%s: aborted at the time limit, not before',
  async (fault) => {
    canary = null;
    evidenceFails = fault !== 'nothing is seen';
    await world.addCandidate();
    expect((await round()).canary).not.toBeNull();
    clock.advance(config.VERDICT_MAX_MS - 2 * config.VERDICT_POLL_MS);
    expect((await round()).canary).not.toBeNull();
    const plan = await round();
    expect(plan).toMatchObject({ stable, canary: null, release: { state: 'aborted' } });
    expect(plan.release?.reason).toContain('undecided after');
  },
);

test('another manager goes on where one stopped', async () => {
  canary = null;
  const next = await world.addCandidate();
  const { salt } = await round();
  await manager.stop();
  manager = createManager();
  canary = { ms: 10, watched: 3 };
  expect(await round()).toMatchObject({ canary: next, share: 0.5, salt });
});

test('every command leaves who, when and why; an earlier version is back by one call', async () => {
  canary = null;
  const next = await world.addCandidate();
  await round();
  await post('promote', { by: 'ada', reason: 'seen enough' });
  const promoted = await world.ledger.plan();
  expect(promoted).toMatchObject({ stable: next, release: { by: 'ada', reason: 'seen enough', at: clock.now() } });
  await post('rollback', { version: 1, by: 'alan' });
  expect(await world.ledger.plan()).toMatchObject({ stable, withdrawn: [next], release: { by: 'alan' } });
  const { versions, history } = await view();
  expect(versions).toMatchObject([{ state: 'released' }, { state: 'withdrawn' }]);
  expect(history.map(({ epoch, state, by }) => [epoch, state, by])).toEqual([
    [4, 'rolled-back', 'alan'],
    [3, 'promoted', 'ada'],
    [2, 'canary', 'reelay'],
    [1, 'promoted', 'reelay'],
  ]);
  await post('rollback', { version: next });
  expect(await world.ledger.plan()).toMatchObject({ stable: next, withdrawn: [stable] });
});

test('hold keeps the canary as it is, whatever speaks for it; abort ends it', async () => {
  canary = null;
  const next = await world.addCandidate();
  await round();
  await post('hold');
  canary = { ms: 10, watched: 3 };
  expect(await round()).toMatchObject({ canary: next, share: 0.2, release: { held: true } });
  expect(await post('hold')).toMatchObject({ changed: false, reason: 'it is held already' });
  await post('abort', { reason: 'one film for everybody' });
  expect(await world.ledger.plan()).toMatchObject({ canary: null, withdrawn: [next] });
});

test.each([
  ['abort', {}, 'REQUEST_INVALID'],
  ['promote', {}, 'REQUEST_INVALID'],
  ['rollback', {}, 'REQUEST_INVALID'],
  ['rollback', { version: 99 }, 'NOT_FOUND'],
  ['promote', { version: '' }, 'REQUEST_INVALID'],
  ['hold', { by: 7 }, 'REQUEST_INVALID'],
])('%s with %o is %s, and changes nothing', async (name, body, code) => {
  const before = await world.ledger.plan();
  await expect((async () => post(name, body))()).rejects.toMatchObject({ code });
  expect(await world.ledger.plan()).toEqual(before);
});

test('people hear of a refusal with its figures, of each change once, and of the end of a problem', async () => {
  await manager.start();
  await world.addCandidate({ ...goodMetrics, ndcgAt10: 0.1 });
  await round();
  canary = { ms: 90, watched: 3 };
  await world.addCandidate();
  await round();
  canary = { ms: 10, watched: 3 };
  const good = await world.addCandidate();
  while ((await round()).stable !== good);
  const kinds = notices.map(({ kind }) => kind);
  expect(kinds).toEqual([
    'promoted',
    'refused',
    'canary',
    'resolved',
    'aborted',
    'canary',
    'widened',
    'promoted',
    'resolved',
  ]);
  expect(notices[1].text).toContain('0.1000');
  expect(notices[4].text).toContain('p99');
});

test('what other services want people to know goes the same way', async () => {
  await manager.start();
  const route = releaseRoutes(world.ledger, manager)['POST /admin/notices'];
  const body = { key: 'crash-1', kind: 'training-crash', subject: 'Training crashed', text: 'out of memory' };
  await route(body, {});
  await route(body, {});
  expect(() => route({ ...body, kind: 'promoted' }, {})).toThrow();
  await round();
  expect(notices.filter(({ kind }) => kind === 'training-crash')).toMatchObject([body]);
});
