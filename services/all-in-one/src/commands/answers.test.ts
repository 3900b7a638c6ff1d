import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeReceiptBody, type Provenance, type Receipt } from '@reelay/shared/contracts';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { aReceipt, aReceiptBody, aRequestId, aTime, putTinyModel } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let home: string;
const version = '1-aaaaaa';
const build = { modelVersion: version, dataVersion: 'd'.repeat(64), commit: 'c'.repeat(40) };
const minuteMs = 60_000;
// Each is a start of a process, on a machine that may be busy.
const withinMs = 120_000;

/** Three answers of user 42 a minute apart, and one of somebody else. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-answers-'));
  const artifacts = await openArtifactStore(`file:${join(home, 'artifacts')}`);
  await putTinyModel(artifacts, { version, items: 60 });
  await artifacts.close();
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  await ledger.addReceipts([{ id: 'batch-1', receipts: [0, 1, 2].map((number) => answered(number, 42)) }]);
  await ledger.addReceipts([{ id: 'batch-2', receipts: [answered(3, 43)] }]);
  await ledger.close();
}, withinMs);
afterAll(() => rm(home, { recursive: true, force: true }));

const items = [7, 3, 50, 0, 11, 12].map((index) => ({ index, score: 1, source: 'personal' as const }));

function answered(number: number, userId: number): Receipt {
  const timeMs = aTime * 1_000 + number * minuteMs;
  const body = encodeReceiptBody(aReceiptBody({ list: { form: 'indices', items }, seen: [4] }));
  return aReceipt(number, { requestId: aRequestId(number, timeMs), userId, timeMs, build, body, shown: items.length });
}

async function reelay(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const main = join(import.meta.dirname, '../main.ts');
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, REELAY_HOME: home } });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.on('close', (value) => resolve(value ?? -1)));
  return { code, out, error };
}

describe('reelay answers', { timeout: withinMs }, () => {
  test('lists what a user was answered in a time, its end left out, oldest first', async () => {
    const { code, out } = await reelay('answers', '--user', '42', '--from', '2024-05-01', '--to', '2024-05-01T00:02');
    const lines = out.trim().split('\n');
    expect([code, lines.length]).toEqual([0, 3]);
    expect(lines[0].split(/ {2,}/)).toEqual([
      '2024-05-01T00:00:00.000Z',
      aRequestId(0, aTime * 1_000),
      'model',
      '1-aaaaaa on stable',
      '12.3 ms',
      'movie+number+7+1957, movie+number+3+1953, movie+number+50+2000, movie+number+0+1950, movie+number+11+1961 and 1 more',
    ]);
    expect(lines[1]).toContain(aRequestId(1, aTime * 1_000 + minuteMs));
    expect(lines[2]).toBe('2 answers');
  });

  test('says all that is known as JSON, one answer a line', async () => {
    const { out } = await reelay('answers', '--user', '42', '--from', '2024-05-01', '--to', '2024-05-02', '--json');
    const found = out.trim().split('\n').map((line) => JSON.parse(line) as Provenance); // prettier-ignore
    expect(found.map(({ userId, modelVersion }) => [userId, modelVersion])).toEqual([1, 2, 3].map(() => [42, version]));
    expect(found[0].items.map(({ index }) => index)).toEqual(items.map(({ index }) => index));
    expect(found[0].otherSeen).toEqual([{ id: 'movie+number+4+1954', index: 4 }]);
  });

  test('has nothing to say of the last day, or of a user who never asked; refuses what is no user and no time', async () => {
    expect((await reelay('answers', '--user', '42')).out).toBe('0 answers\n');
    expect((await reelay('answers', '--user', '44', '--from', '2024-05-01')).out).toBe('0 answers\n');
    const [user, time] = [
      await reelay('answers', '--user', 'bob'),
      await reelay('answers', '--user', '1', '--to', 'now'),
    ];
    expect([user.code, time.code]).toEqual([1, 1]);
    expect(user.error).toContain('"bob" is no user id');
    expect(time.error).toContain('--to now');
  });
});

describe('reelay provenance', { timeout: withinMs }, () => {
  test('shows how an answer came about', async () => {
    const { code, out } = await reelay('provenance', aRequestId(3, aTime * 1_000 + 3 * minuteMs), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ userId: 43, ...build, outcome: 'model', kernelBuild: '0123abcd' });
  });

  test('says that an answer is not known, and that something is no request id', async () => {
    const [unknown, nonsense] = [await reelay('provenance', aRequestId(99)), await reelay('provenance', 'x')];
    expect([unknown.code, nonsense.code]).toEqual([1, 1]);
    expect(unknown.error).toContain('no receipt of this request');
    expect(nonsense.error).toContain('a request id is a UUID');
  });
});
