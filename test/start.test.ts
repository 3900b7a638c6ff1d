import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorResponse, RecommendResponse } from '@reelay/shared/contracts';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReceiptExplainer, findReceipt } from '../services/gateway/src/index.ts';
import { exitOf, launchPlatform, startPlatform, type Ready, type RunningPlatform } from './run-platform.ts';

let home = '';
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'reelay-start-'))));
afterAll(() => rm(home, { recursive: true, force: true }));

/** Fewer lines make a first model that is sometimes no better than popularity, and so refused. */
const settings = () => ({ REELAY_HOME: home, SIM_HISTORY_LINES: '400000' });

test('one command: five people get a model answer from their own history; the second start trains nothing; an interrupt ends it all', async () => {
  const first = await startPlatform([], settings());
  const firstAnswers = await askAll(first.ready);
  expect(first.ready.steps).toEqual(['history', 'ingest', 'training', 'release']);
  expect(firstAnswers).toHaveLength(5);
  for (const answer of firstAnswers) {
    expect(answer.outcome).toBe('model');
    expect(answer.history?.items).toBeGreaterThan(0);
    expect(answer.items).toHaveLength(20);
  }
  await interrupt(first);

  const second = await startPlatform([], settings());
  const secondAnswers = await askAll(second.ready);
  expect(second.ready.steps).not.toContain('training');
  expect(secondAnswers.map(versionOf)).toEqual(firstAnswers.map(versionOf));
  expect(secondAnswers.map(({ outcome }) => outcome)).toEqual(['model', 'model', 'model', 'model', 'model']);
  await interrupt(second);
  await expectReceipts([...firstAnswers, ...secondAnswers]);
}, 120_000);

test('a port that is taken is said in one sentence, and nothing is left running', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const child = await launchPlatform([], { ...settings(), PORT: `${port}`, HOST: '127.0.0.1' }, 'pipe');
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await exitOf(child)).toBe(1);
  expect(said).toContain(`:${port}`);
  expect(said).toContain('PORT_IN_USE');
  taken.close();
}, 60_000);

/** What was answered is in the ledger, with the lists that were shown. */
async function expectReceipts(answers: RecommendResponse[]): Promise<void> {
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  const artifacts = await openArtifactStore(`file:${join(home, 'artifacts')}`);
  const explain = createReceiptExplainer(artifacts);
  for (const { requestId, userId, outcome, modelVersion, history, items } of answers) {
    const receipt = await findReceipt(requestId, ledger, explain);
    expect(receipt).toMatchObject({ userId, outcome, modelVersion, history });
    expect(receipt.items.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    expect(receipt.historyUsed.length + receipt.otherSeen.length).toBeGreaterThan(0);
  }
  await artifacts.close();
  await ledger.close();
}

const versionOf = ({ modelVersion }: RecommendResponse): string | null => modelVersion;

const askAll = ({ gateway, users }: Ready): Promise<RecommendResponse[]> =>
  Promise.all(
    users.map(async (user) => {
      const response = await fetch(`${gateway}/recommend/${user}`, { headers: { accept: 'application/json' } });
      expect(response.status).toBe(200);
      return (await response.json()) as RecommendResponse;
    }),
  );

async function interrupt({ child, ready }: RunningPlatform): Promise<void> {
  child.kill('SIGINT');
  expect(await exitOf(child)).toBe(0);
  await expect(fetch(`${ready.gateway}/healthz`)).rejects.toThrow();
}

test('without the simulator there is no history, no traffic and no such service', async () => {
  const home = await mkdtemp(join(tmpdir(), 'reelay-start-alone-'));
  const platform = await startPlatform(['--no-simulator'], { REELAY_HOME: home });
  expect(platform.ready.steps).toEqual([]);
  expect(platform.ready.users).toEqual([]);
  expect(Object.keys(platform.ready.admin)).not.toContain('simulator');
  const answer = await fetch(`${platform.ready.gateway}/recommend/42`);
  expect([answer.status, ((await answer.json()) as ErrorResponse).error.code]).toEqual([503, 'NOT_RUNNING']);
  await interrupt(platform);
  await rm(home, { recursive: true, force: true });
}, 60_000);
