import type { Receipt } from '@reelay/shared/contracts';
import { listHash } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { aReceipt, aRating, aRecommendation, aSegment, aTime, aWindow, noCsv } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportOutcomes, type OutcomesOptions } from '../commands/report-outcomes.ts';
import { reportProvenance } from '../commands/report-provenance.ts';

let ledger: Ledger;
beforeEach(async () => void (ledger = await openLedger('sqlite::memory:')));
afterEach(() => ledger.close());

const windowSeconds = 3_600;

async function printed(report: (print: (text: string) => void) => Promise<void>): Promise<string> {
  const lines: string[] = [];
  await report((text) => void lines.push(text));
  return lines.join('\n');
}

const outcomes = (options: OutcomesOptions = {}): Promise<string> =>
  printed((print) => reportOutcomes(ledger, { ...options, windowSeconds }, print));

const answered = (userId: number, list: string, modelVersion: string, change: Partial<Receipt> = {}): Receipt =>
  aReceipt(userId, {
    userId,
    listHash: listHash(userId, list),
    build: { ...aReceipt(0).build, modelVersion },
    ...change,
  });

/** Users 1 to 4 are answered: two by version 9, one by version 10, one by nobody knows what; user 5 is not. */
async function someAnswers(): Promise<void> {
  const items = await ledger.itemIds(['heat+1995', 'alien+1979']);
  const [heat, alien] = ['heat+1995', 'alien+1979'].map((id) => items.get(id)!);
  const rows = {
    recommendations: [1, 2, 3, 4].map((userId) => aRecommendation({ userId, result: 'heat+1995,alien+1979' })),
    segments: [
      aSegment({ firstOffset: 0, userId: 1, itemId: heat, firstTime: aTime + 60, lastMinute: 9 }),
      aSegment({ firstOffset: 1, userId: 1, itemId: alien, firstTime: aTime + 1_000, lastMinute: 4 }),
    ],
    ratings: [aRating({ userId: 1, itemId: heat, time: aTime + 700, rating: 5 })],
  };
  rows.recommendations.push(aRecommendation({ userId: 5, status: 0, result: 'Connection refused' }));
  await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), rows), noCsv);
  const list = 'heat+1995,alien+1979';
  const cold = { history: { items: 0, version: 0 } };
  const receipts = [answered(1, list, '9-a'), answered(2, list, '9-a', cold), answered(3, list, '10-b')];
  await ledger.addReceipts([{ id: 'batch-1', receipts }]);
}

test('each version has what came of its answers, and all together', async () => {
  await someAnswers();
  const report = JSON.parse(await outcomes({ json: true })) as { versions: unknown[] };
  expect(report).toMatchObject({ requests: 5, answers: 4, hitRate: 0.25, minutesPerAnswer: 3.75, ratings: 1 });
  expect(report.versions).toEqual([
    {
      modelVersion: '9-a',
      requests: 2,
      answers: 2,
      hitRate: 0.5,
      minutesPerAnswer: 7.5,
      ratings: 1,
      meanRating: 5,
      personalisedShare: 0.5,
    },
    {
      modelVersion: '10-b',
      requests: 1,
      answers: 1,
      hitRate: 0,
      minutesPerAnswer: 0,
      ratings: 0,
      meanRating: null,
      personalisedShare: 1,
    },
    {
      modelVersion: null,
      requests: 2,
      answers: 1,
      hitRate: 0,
      minutesPerAnswer: 0,
      ratings: 0,
      meanRating: null,
      personalisedShare: 0,
    },
  ]);
});

test('the table says the same, and of which time', async () => {
  await someAnswers();
  const rows = (await outcomes()).split('\n').map((row) => row.split(/ {2,}/));
  expect(rows[1]).toEqual(['9-a', '2', '2', '50.0 %', '7.50', '1', '5.00', '50.0 %']);
  expect(rows[3][0]).toBe('no receipt, or no model');
  expect(rows[4][0]).toBe('all');
  expect(rows.at(-1)?.[0]).toContain('within 1 h');
});

test('a time without a request is said, as JSON with requests 0 before it', async () => {
  const lines: string[] = [];
  const asked = reportOutcomes(ledger, { json: true, windowSeconds }, (text) => void lines.push(text));
  await expect(asked).rejects.toMatchObject({ code: 'NOT_ENOUGH_DATA' });
  expect(JSON.parse(lines[0])).toMatchObject({ requests: 0, hitRate: null, versions: [] });
});

test('provenance names user, version, data and when it was read, training and error', async () => {
  await someAnswers();
  const manifest = JSON.stringify({ dataCreatedAt: '2024-05-01T06:00:00.000Z', metrics: { rmse: 0.81234 } });
  const version = { id: '9-a', state: 'released', reason: '', createdAt: aTime * 1_000 } as const;
  await ledger.addVersion({ ...version, number: 9, manifest });
  await ledger.addVersion({ ...version, id: '10-b', number: 10, manifest: '{}' });
  const provenance = (options: { json?: boolean; limit?: string }) =>
    printed((print) => reportProvenance(ledger, { ...options, to: '2024-05-02' }, 0, print));
  const rows = (await provenance({})).split('\n');
  expect(rows).toHaveLength(4);
  expect(rows[1].split(/ {2,}/)).toEqual([
    '2024-05-01T00:00:00Z',
    '1',
    '9-a',
    'dddddddddddd',
    '2024-05-01T06:00:00Z',
    '2024-05-01T00:00:00Z',
    '0.8123',
  ]);
  expect(rows[3].split(/ {2,}/).slice(4)).toEqual(['–', '2024-05-01T00:00:00Z', '–']);
  expect((await provenance({ json: true, limit: '1' })).split('\n').map((row) => JSON.parse(row) as unknown)).toEqual([
    expect.objectContaining({
      userId: 1,
      modelVersion: '9-a',
      rmse: 0.81234,
      dataCreatedAt: '2024-05-01T06:00:00.000Z',
    }),
  ]);
  await expect(provenance({ limit: '0' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(reportProvenance(ledger, { to: '2020-01-01' }, 0, () => {})).rejects.toMatchObject({
    code: 'NOT_ENOUGH_DATA',
  });
});
