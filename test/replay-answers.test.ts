import {
  artifactFiles,
  decodeReceiptBody,
  emptyPlan,
  encodeReceiptBody,
  estimateResponse,
  similarResponse,
  userAnswers,
  vectorResponse,
  type Receipt,
} from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { putTinyModel, tinyFirstItemId, waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { askAtRandom } from './ask-at-random.ts';
import { ask, askForJson } from './ask-for-list.ts';
import { checkReplays } from './check-replays.ts';
import { followReceipts, type FoundReceipt } from './follow-receipts.ts';
import { createAnswerReplay } from '../services/all-in-one/src/replaying/replay-answer.ts';
import { worldNames } from './world-addresses.ts';
import { openWorld, type World } from './world.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const [items, users, answers] = [400, 120, 300];
const versions = ['1-aaaaaa', '2-bbbbbb'];
const ids = Array.from({ length: items }, (_, index) => `movie+number+${index}+${1950 + (index % 70)}`);

/** A plan that no manager of the world overrules: its epoch is above theirs. */
const plan = { ...emptyPlan, epoch: 1_000, stable: versions[0], canary: versions[1], share: 0.3, salt: 'some' };

/** Things watched and rated, with numbers that need all of a receipt's bytes: half of the users, up to 130 items each. */
async function watchSome({ histories }: World, draw: () => number, events: number): Promise<void> {
  const event = () => ({
    userId: 1 + 2 * Math.floor((draw() * users) / 2),
    itemId: tinyFirstItemId + Math.floor(draw() * (items + 20)),
    minutes: draw() < 0.1 ? draw() * 90 : Math.floor(draw() * 200),
    rating: draw() < 0.5 ? 0 : Math.ceil(draw() * 10) / (draw() < 0.1 ? 3 : 1),
    ratedAt: 1_700_000_000,
    time: 1_700_000_000 + Math.floor(draw() * 1e6),
  });
  await histories.merge(Array.from({ length: events }, event));
}

describe.each(worldNames)('%s', (name) => {
  let world: World;
  let found: FoundReceipt[];

  beforeAll(async () => {
    world = await openWorld(name, { workerSettings: { EXPLORATION_SHARE: '0.05' } });
    for (const [seed, version] of versions.entries())
      await putTinyModel(world.artifacts, { version, seed, items, factors: 16, users });
    await world.histories.markComplete();
    await world.plans.announce(plan);
    await waitUntil('both versions are loaded', () => versions.every((each) => world.worker.versions.includes(each)));
    await waitUntil('a list', () => askForJson(world, 1).then(() => true, () => false)); // prettier-ignore
    const following = followReceipts(world.ledger, 30_000);
    let rounds = 0;
    await askAtRandom({
      gateway: `http://127.0.0.1:${world.gateway.port}`,
      answers,
      users,
      ids,
      genres: ['Drama', 'Comedy'],
      seed: 7,
      meanwhile: (draw) => watchSome(world, draw, rounds++ === 0 ? 8_000 : 100),
      onAnswer: following.add,
    });
    found = await following.settled();
  });
  afterAll(() => world?.close());

  test(`of ${answers} answers each is found, and made again identically, whatever users did since`, async () => {
    const check = await checkReplays(found, world);
    expect(check).toMatchObject({ answers, missing: 0, problems: [] });
    const { model, cache, fallback, canary, rules, explored } = check.seen;
    expect(Math.min(model, cache, fallback, canary, rules, explored)).toBeGreaterThan(10);
    expect(check.identical).toMatchObject({ model, cache });
    expect(check.identical.fallback + check.writtenOut).toBe(fallback);
    expect(check.identical.fallback).toBeGreaterThan(0);
  });

  test('what the model says of items and users comes from a worker, and shows in no answer', async () => {
    const get = async (path: string) => (await ask(world, path)).body;
    const similar = similarResponse.parse(JSON.parse(await get(`/similar/${ids[7]}?n=5`)));
    expect([similar.modelVersion, similar.by, similar.items.length]).toEqual([versions[0], 'factors', 5]);
    const { receipt } = found.find((one) => one.receipt !== null && isPersonal(one.receipt)) ?? {};
    const userId = receipt?.userId ?? 0;
    const { vector, history } = vectorResponse.parse(JSON.parse(await get(`/users/${userId}/vector`)));
    expect([vector.length, vector.some((value) => value !== 0), history.items > 20]).toEqual([16, true, true]);
    const estimate = estimateResponse.parse(JSON.parse(await get(`/users/${userId}/ratings/${ids[7]}`)));
    expect(estimate.rating).toBeGreaterThan(0);
    expect((await ask(world, '/similar/no+such+movie+1900')).status).toBe(404);
    expect((await askForJson(world, userId)).items.length).toBe(20);
    const page = userAnswers.parse(JSON.parse(await get(`/users/${userId}/recommendations?limit=200`)));
    const own = found.filter((one) => one.receipt?.userId === userId).map(({ requestId }) => requestId);
    expect(page.answers.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(own));
  });

  /** The first answer of a kind, as the ledger has it. */
  function someReceipt(isMeant: (receipt: Receipt) => boolean): Receipt {
    const receipt = found.flatMap((one) => one.receipt ?? []).find(isMeant);
    if (receipt === undefined) throw new Error('no such answer');
    return receipt;
  }
  const historyOf = ({ body }: Receipt) => decodeReceiptBody(body).history;
  const sourcesOf = ({ body }: Receipt) => {
    const { list } = decodeReceiptBody(body);
    return list.form === 'indices' ? list.items.map(({ source }) => source) : [];
  };
  const isPersonal = (receipt: Receipt) => historyOf(receipt).length > 20;
  const asFound = (receipt: Receipt) => [{ requestId: receipt.requestId, receipt, afterMs: 0 }];
  const ledgerOf = (receipt: Receipt) => ({ receipt: async () => receipt });
  const nothing = { model: 0, cache: 0, fallback: 0 };

  test('a receipt that lost one item of its history comes out otherwise', async () => {
    const receipt = someReceipt(isPersonal);
    const body = decodeReceiptBody(receipt.body);
    const shorter = { ...receipt, body: encodeReceiptBody({ ...body, history: body.history.slice(1) }) };
    const check = await checkReplays(asFound(shorter), { ...world, ledger: ledgerOf(shorter) });
    expect([check.identical, check.problems.length]).toEqual([nothing, 1]);
  });

  test('a receipt with two items of its list swapped, and one of another list shown, are noticed', async () => {
    const receipt = someReceipt(isPersonal);
    const body = decodeReceiptBody(receipt.body);
    if (body.list.form !== 'indices') throw new Error('no indices');
    const [first, second, ...rest] = body.list.items;
    const swapped = encodeReceiptBody({ ...body, list: { form: 'indices', items: [second, first, ...rest] } });
    for (const changed of [
      { ...receipt, body: swapped },
      { ...receipt, listHash: 1 + (receipt.listHash ?? 0) },
    ]) {
      const check = await checkReplays(asFound(changed), { ...world, ledger: ledgerOf(changed) });
      expect([check.identical, check.problems.length]).toEqual([nothing, 1]);
    }
  });

  test('drawn items come from the seed of the receipt, spread ones from its rules: with others it is another list', async () => {
    const explored = someReceipt((receipt) => sourcesOf(receipt).includes('exploration'));
    const spread = someReceipt(({ body }) => (decodeReceiptBody(body).rules?.diversity ?? 0) > 0.5);
    const body = decodeReceiptBody(spread.body);
    const changed = [
      { ...explored, body: encodeReceiptBody({ ...decodeReceiptBody(explored.body), seed: 1 }) },
      { ...spread, body: encodeReceiptBody({ ...body, rules: body.rules && { ...body.rules, diversity: 0 } }) },
    ];
    for (const receipt of changed) {
      const check = await checkReplays(asFound(receipt), { ...world, ledger: ledgerOf(receipt) });
      expect([check.identical, check.problems.length]).toEqual([nothing, 1]);
    }
  });

  test('one changed byte of the factors: another list where nobody looks at sums, an error where somebody does', async () => {
    const receipt = someReceipt(isPersonal);
    const [{ index }] = historyOf(receipt);
    const { artifacts } = world;
    const unsound: ArtifactStore = {
      put: artifacts.put,
      manifest: (id) => artifacts.manifest(id),
      close: async () => {},
      async load(version, file) {
        const bytes = (await artifacts.load(version, file)).slice();
        // The exponent of a factor of an item that was folded in.
        if (file === artifactFiles.factors) bytes[(index * 16 + 3) * 4 + 2] ^= 0x80;
        return bytes;
      },
    };
    const check = await checkReplays(asFound(receipt), { ledger: world.ledger, artifacts: unsound });
    expect([check.identical, check.problems.length]).toEqual([nothing, 1]);
    expect(check.problems[0]).toContain('"identical":false');
  });

  test('an answer of a version that is gone, an unknown one, and what is no id: an error with its code', async () => {
    const { ledger } = world;
    const gone = async () => Promise.reject(new AppError('ARTIFACT_NOT_FOUND', 'gone'));
    const empty: ArtifactStore = { put: gone, manifest: gone, load: gone, close: async () => {} };
    const { requestId } = someReceipt(isPersonal);
    const replay = createAnswerReplay({ ledger, artifacts: empty });
    await expect(replay(requestId)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    await expect(replay(requestId.replace(/.{4}$/, '0000'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(replay('42')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
