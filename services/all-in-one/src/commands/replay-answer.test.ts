import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, remakeList } from '@reelay/inference-worker';
import { encodeReceiptBody, type Receipt, type ReceiptBody } from '@reelay/shared/contracts';
import { listHash } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { aReceipt, aReceiptBody, putTinyModel } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Replay } from '../replaying/replay-answer.ts';

const version = '1-aaaaaa';
const build = { modelVersion: version, dataVersion: 'd'.repeat(64), commit: 'c'.repeat(40) };
// Each is a start of a process, on a machine that may be busy.
const withinMs = 120_000;
let home: string;
let kept: Record<'sound' | 'swapped' | 'repeating' | 'gone' | 'otherKernels' | 'popular' | 'text', Receipt>;

/** Receipts of one list: as it is, damaged in some ways, and of lists that no model made. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-replay-answer-'));
  const artifacts = await openArtifactStore(`file:${join(home, 'artifacts')}`);
  const { catalogue } = await putTinyModel(artifacts, { version });
  const history = [3, 17].map((index) => ({ index, minutes: 90, rating: 4 }));
  const { made, items } = remakeList(await loadModel(version, artifacts), 42, aReceiptBody({ history }));
  await artifacts.close();
  const hash = listHash(42, items.map(({ id }) => id).join(','));
  const receipt = (number: number, body: ReceiptBody, change: Partial<Receipt> = {}): Receipt =>
    aReceipt(number, { userId: 42, build, listHash: hash, shown: 20, body: encodeReceiptBody(body), ...change });
  if (made.list.form !== 'indices') throw new Error('no indices');
  const [first, second, ...rest] = made.list.items;
  const popular = Array.from({ length: 5 }, (_, at) => catalogue[at].id);
  const sound = receipt(1, made);
  const ready = { list: { form: 'ready' as const, group: 0, count: 5 }, kernelBuild: '' };
  const text = { list: { form: 'text' as const, items: [{ id: 'heat+1995', score: 1 }] } };
  kept = {
    sound,
    swapped: receipt(2, { ...made, list: { form: 'indices', items: [second, first, ...rest] } }),
    repeating: receipt(3, made, { outcome: 'cache', repeats: sound.requestId }),
    gone: receipt(4, made, { build: { ...build, modelVersion: '7-ffffff' } }),
    otherKernels: receipt(5, { ...made, kernelBuild: '12345678' }),
    popular: receipt(6, aReceiptBody(ready), { outcome: 'fallback', rung: 'popular', shown: 5, listHash: listHash(42, popular.join(',')) }), // prettier-ignore
    text: receipt(7, aReceiptBody(text), { outcome: 'fallback' }),
  };
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  await ledger.addReceipts([{ id: 'batch-1', receipts: Object.values(kept) }]);
  await ledger.close();
}, withinMs);
afterAll(() => rm(home, { recursive: true, force: true }));

async function replay(requestId: string, ...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const main = join(import.meta.dirname, '../main.ts');
  const command = [main, 'replay-answer', requestId, ...args];
  const child = spawn(process.execPath, command, { env: { ...process.env, REELAY_HOME: home } });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.on('close', (value) => resolve(value ?? -1)));
  return { code, out, error };
}

describe('reelay replay-answer', { timeout: withinMs }, () => {
  test('says that a list is identical, and what it was made from; ends with 0', async () => {
    const { code, out } = await replay(kept.sound.requestId);
    expect([code, out.split('\n')[0]]).toEqual([0, 'identical: 20 items, computed again from version 1-aaaaaa']);
    for (const fact of [kept.sound.requestId, 'user 42', build.dataVersion, build.commit]) expect(out).toContain(fact);
  });

  test('a list in another order: the first difference, and 1', async () => {
    const { code, out } = await replay(kept.swapped.requestId, '--json');
    const { identical, difference } = JSON.parse(out) as Replay;
    expect([code, identical, difference?.place]).toEqual([1, false, 1]);
    expect((await replay(kept.swapped.requestId)).out).toContain(`place 1   kept ${difference?.kept}, now`);
  });

  test('a list shown again is compared with that of the request it repeats', async () => {
    const { code, out } = await replay(kept.repeating.requestId, '--json');
    const { repeats, identical } = JSON.parse(out) as Replay;
    expect([code, identical, repeats]).toEqual([0, true, { requestId: kept.sound.requestId, sameList: true }]);
  });

  test('kernels that are not here are named beside those that computed it now', async () => {
    const { out } = await replay(kept.otherKernels.requestId);
    expect(out).toMatch(/kernels {3}12345678 then, [0-9a-f]{8} now/);
  });

  test('a ready list is read again from its version', async () => {
    const { code, out } = await replay(kept.popular.requestId);
    expect([code, out.split('\n')[0]]).toEqual([0, 'identical: 5 items, read again from version 1-aaaaaa']);
  });

  test('what cannot be said is one sentence with a code, and 1', async () => {
    const asked = [kept.gone.requestId, kept.text.requestId, kept.sound.requestId.replace(/.{4}$/, 'ffff'), '42'];
    const codes = ['ARTIFACT_NOT_FOUND', 'UNSUPPORTED', 'NOT_FOUND', 'REQUEST_INVALID'];
    for (const [at, requestId] of asked.entries()) {
      const { code, out, error } = await replay(requestId);
      expect([code, out, error.trim().endsWith(`[${codes[at]}]`)]).toEqual([1, '', true]);
    }
  });
});
