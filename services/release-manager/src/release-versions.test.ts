import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactFiles } from '@reelay/shared/contracts';
import type { Plans } from '@reelay/shared/messaging';
import { AppError } from '@reelay/shared/runtime';
import { openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { announcePlan } from './announce-plan.ts';
import { releaseVersions, type ReleaseDeps } from './release-versions.ts';
import { goodMetrics, openReleaseWorld, type ReleaseWorld } from './testing/release-world.ts';

let world: ReleaseWorld;
beforeEach(async () => {
  world = await openReleaseWorld();
});
afterEach(() => world.dispose());

const statesOf = async (ledger: Ledger) => (await ledger.versions()).map(({ id, state }) => `${id} ${state}`);
const badMetrics = { ...goodMetrics, ndcgAt10: 0.1 };

test('a good candidate becomes stable for everybody and is announced', async () => {
  const id = await world.addCandidate();
  await releaseVersions(world);
  const plan = await world.ledger.plan();
  expect(plan).toMatchObject({ epoch: 1, stable: id, canary: null, share: 0 });
  expect(await world.plans.current()).toEqual(plan);
  expect(await statesOf(world.ledger)).toEqual([`${id} released`]);
});

test('a refused candidate leaves the plan alone and keeps its reason', async () => {
  const good = await world.addCandidate();
  const bad = await world.addCandidate(badMetrics);
  await releaseVersions(world);
  expect(await world.ledger.plan()).toMatchObject({ epoch: 1, stable: good });
  expect(await statesOf(world.ledger)).toEqual([`${good} released`, `${bad} refused`]);
  expect((await world.ledger.versions())[1].reason).toContain('ranks worse than popularity');
});

test('a NaN in the figures, which JSON makes null, is refused', async () => {
  await world.addCandidate({ ...goodMetrics, ndcgAt10: JSON.parse(JSON.stringify(Number.NaN)) as null });
  await releaseVersions(world);
  expect((await world.ledger.versions())[0]).toMatchObject({ state: 'refused' });
  expect((await world.ledger.plan()).stable).toBeNull();
});

test('candidates are settled in the order of their numbers, each release with a salt of its own', async () => {
  await world.addCandidate();
  await releaseVersions(world);
  const { salt } = await world.ledger.plan();
  const ids = [await world.addCandidate(), await world.addCandidate()];
  await releaseVersions(world);
  const plan = await world.ledger.plan();
  expect(plan).toMatchObject({ epoch: 3, stable: ids[1] });
  expect(plan.salt).not.toBe(salt);
});

test('a candidate that came after a newer release is refused', async () => {
  const number = await world.ledger.nextVersionNumber();
  await world.addCandidate();
  await releaseVersions(world);
  const late = {
    number,
    id: `${number}-late00`,
    state: 'candidate',
    reason: '',
    manifest: '{}',
    createdAt: 0,
  } as const;
  await world.ledger.addVersion(late);
  await releaseVersions(world);
  expect((await world.ledger.versions())[0]).toMatchObject({ id: late.id, state: 'refused' });
  expect((await world.ledger.plan()).epoch).toBe(1);
});

test.each(['damaged', 'missing'])('a version with a %s file is refused', async (fault) => {
  const id = await world.addCandidate();
  const file = join(world.folder, 'artifacts', id, artifactFiles.factors);
  await (fault === 'damaged' ? writeFile(file, 'x') : rm(file));
  await releaseVersions(world);
  const [row] = await world.ledger.versions();
  expect(row.state).toBe('refused');
  expect(row.reason).toContain('ARTIFACT_');
});

test('a store that is away refuses nothing: the candidate waits', async () => {
  const id = await world.addCandidate();
  const away: ArtifactStore = {
    ...world.artifacts,
    manifest: () => Promise.reject(new AppError('STORE_DOWN', 'planted')),
  };
  await expect(releaseVersions({ ...world, artifacts: away })).rejects.toThrow('planted');
  expect(await statesOf(world.ledger)).toEqual([`${id} candidate`]);
});

const crashes = ['changePlan', 'setVersionState', 'announce'].flatMap((step) =>
  ['before', 'after'].map((when) => ({ step, when })),
);
test.each(crashes)('a crash $when $step loses nothing and releases nothing twice', async ({ step, when }) => {
  const good = await world.addCandidate();
  const bad = await world.addCandidate(badMetrics);
  const crash = { hits: 0 };
  const once =
    <A extends unknown[], R>(name: string, call: (...values: A) => Promise<R>) =>
    async (...values: A) => {
      const hit = name === step && crash.hits++ === 0;
      if (hit && when === 'before') throw new Error('crashed');
      const result = await call(...values);
      if (hit) throw new Error('crashed');
      return result;
    };
  const { ledger, plans } = world;
  const deps: ReleaseDeps & { plans: Plans } = {
    ...world,
    ledger: {
      nextVersionNumber: () => ledger.nextVersionNumber(),
      addVersion: (row) => ledger.addVersion(row),
      versions: () => ledger.versions(),
      plan: () => ledger.plan(),
      planHistory: (limit) => ledger.planHistory(limit),
      changePlan: once('changePlan', (epoch, next) => ledger.changePlan(epoch, next)),
      setVersionState: once('setVersionState', (id, state, reason) => ledger.setVersionState(id, state, reason)),
    },
    plans: {
      isUp: () => plans.isUp(),
      current: () => plans.current(),
      watch: (onPlan) => plans.watch(onPlan),
      close: () => plans.close(),
      announce: once('announce', (plan) => plans.announce(plan)),
    },
  };
  await releaseVersions(deps).catch(() => {});
  expect(crash.hits).toBeGreaterThan(0);
  await releaseVersions(deps);
  await announcePlan(deps);
  expect(await statesOf(world.ledger)).toEqual([`${good} released`, `${bad} refused`]);
  expect(await world.ledger.plan()).toMatchObject({ epoch: 1, stable: good });
  expect(await world.plans.current()).toEqual(await world.ledger.plan());
});

/** Two managers that have both decided on the same plan before either changes it; how many changes went through. */
async function raceTwoManagers(changing: (ledger: Ledger) => Ledger['changePlan']): Promise<boolean[]> {
  const id = await world.addCandidate();
  const url = `sqlite:${join(world.folder, 'ledger.db')}`;
  const ledgers = await Promise.all([openLedger(url), openLedger(url)]);
  const results: boolean[] = [];
  let decided = 0;
  const bothHaveDecided = Promise.withResolvers<void>();
  const managers = ledgers.map((ledger) => ({
    ...world,
    ledger: {
      nextVersionNumber: () => ledger.nextVersionNumber(),
      addVersion: ledger.addVersion.bind(ledger),
      versions: () => ledger.versions(),
      setVersionState: ledger.setVersionState.bind(ledger),
      plan: () => ledger.plan(),
      planHistory: (limit: number) => ledger.planHistory(limit),
      async changePlan(...values: Parameters<Ledger['changePlan']>) {
        if (++decided === 2) bothHaveDecided.resolve();
        await bothHaveDecided.promise;
        const won = await changing(ledger)(...values);
        results.push(won);
        return won;
      },
    },
  }));
  await Promise.all(managers.map((deps) => releaseVersions(deps)));
  expect(await statesOf(world.ledger)).toEqual([`${id} released`]);
  await Promise.all(ledgers.map((ledger) => ledger.close()));
  return results;
}
const winners = (results: boolean[]) => results.filter(Boolean).length;

test('of two managers at once exactly one changes the plan', async () => {
  const results = await raceTwoManagers((ledger) => (epoch, next) => ledger.changePlan(epoch, next));
  expect(results).toHaveLength(2);
  expect(winners(results)).toBe(1);
  expect((await world.ledger.plan()).epoch).toBe(1);
});

test('planted: without compare-and-set both change it, and that check sees it', async () => {
  const results = await raceTwoManagers((ledger) => async (_epoch, next) => {
    for (;;) {
      const { epoch } = await ledger.plan();
      if (await ledger.changePlan(epoch, { ...next, epoch: epoch + 1 })) return true;
    }
  });
  expect(winners(results)).toBe(2);
  expect((await world.ledger.plan()).epoch).toBe(2);
});
