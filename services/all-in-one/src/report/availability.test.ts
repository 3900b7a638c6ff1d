import { listHash } from '@reelay/shared/runtime';
import { openLedger, type Ledger, type RecommendationRow, type RequestHour } from '@reelay/shared/storage';
import { aReceipt, aRecommendation, aTime, aWindow, noCsv } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLineParser } from '@reelay/ingestor';
import { reportAvailability, type AvailabilityOptions } from '../commands/report.ts';
import { figuresOf, readAvailability } from './availability.ts';
import { readTime } from './read-time.ts';

let ledger: Ledger;
beforeEach(async () => void (ledger = await openLedger('sqlite::memory:')));
afterEach(() => ledger.close());

const everything = { from: 0, to: 4_102_444_800 };
const errors = [
  'java.util.concurrent.TimeoutException: Request timeout to host/192.0.2.130:8082 after 800 ms',
  'java.net.ConnectException: Connection refused: host/192.0.2.130:8082',
  'java.net.ConnectException: connection timed out: host/192.0.2.130:8082',
  'dispatch.StatusCode: Unexpected response status: 500',
  'Connection refused: host/192.0.2.130:8082',
  'heat+1995,alien+1979',
];

const lineOf = (time: string, userId: number, status: number, result: string, latencyMs: number): string =>
  `${time},${userId},recommendation request 17645-team07.isri.cmu.edu:8082, status ${status}, result: ${result}, ${latencyMs} ms`;

/** Rows as the ingestor makes them. */
const rowsOf = (lines: string[]): RecommendationRow[] =>
  lines.map((line, place) => {
    const parsed = createLineParser()(Buffer.from(line));
    if (!parsed.ok || parsed.event.kind !== 'recommendation') throw new Error(`refused: ${line}`);
    const { time, millisecond, userId, status, latencyMs, movieIds, error } = parsed.event;
    const lineHash = place.toString(16).padStart(16, '0');
    return { time, millisecond, userId, status, latencyMs, lineHash, result: error ?? movieIds.join(',') };
  });

async function store(recommendations: RecommendationRow[]): Promise<void> {
  await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), { recommendations }), noCsv);
}

async function report(options: AvailabilityOptions): Promise<string> {
  let printed = '';
  await reportAvailability(ledger, options, (text) => (printed += text));
  return printed;
}

describe('from log lines to figures', () => {
  const ok = [31, 30, 40, 50].map((ms, user) =>
    lineOf(
      `2026-11-21T14:0${user}:00.123456`,
      user + 1,
      200,
      user < 2 ? 'heat+1995, alien+1979' : `only+200${user}`,
      ms,
    ),
  );
  const failed = errors.map((error, at) => lineOf(`2026-11-21T16:30:0${at}`, 50 + at, 0, error, 900 + at));

  test('every error text counts as a request that was not answered, and its latency in no percentile', async () => {
    await store(rowsOf([...ok, ...failed]));
    const found = JSON.parse(await report({ json: true })) as object;
    expect(found).toMatchObject({ requests: 10, ok: 4, availability: 0.4, p50Ms: 31, p95Ms: 50, p99Ms: 50 });
    expect(found).toMatchObject({ minutesDown: 1, distinctLists: 3, personalisedShare: 0.3 });
    expect(found).toMatchObject({ from: '2026-11-21T14:00:00Z', to: '2026-11-21T16:30:06Z' });
  });

  test('each version has its own requests and its own share of different lists', async () => {
    const build = (modelVersion: string) => ({ ...aReceipt(0).build, modelVersion });
    const receipts = [0, 1, 2].map((user) =>
      aReceipt(user, {
        userId: user + 1,
        listHash: listHash(user + 1, user < 2 ? 'heat+1995,alien+1979' : 'only+2002'),
        build: build(user < 2 ? '9-aaaaaa' : '10-bbbbbb'),
      }),
    );
    await ledger.addReceipts([{ id: 'batch-1', receipts }]);
    await store(rowsOf([...ok, ...failed]));
    await ledger.settleAnswers({ windowSeconds: 3_600 });
    const { versions } = await readAvailability(ledger, everything);
    expect(versions.map((one) => [one.modelVersion, one.requests, one.ok, one.distinctLists])).toEqual([
      ['9-aaaaaa', 2, 2, 1],
      ['10-bbbbbb', 1, 1, 1],
      [null, 7, 1, 1],
    ]);
  });

  test('hours without requests are no rows; an hour of failures has no latency', async () => {
    await store(rowsOf([...ok, ...failed]));
    const { hours } = await readAvailability(ledger, everything);
    expect(hours.map(({ hour, requests, availability, p50Ms }) => [hour, requests, availability, p50Ms])).toEqual([
      ['2026-11-21T14:00:00Z', 4, 1, 31],
      ['2026-11-21T16:00:00Z', 6, 0, null],
    ]);
    expect(await report({})).toContain('1 h without requests');
  });

  test('the second of a submission belongs to the time after it; 72 h and 96 h are cut to the second', async () => {
    const at = Date.parse('2026-11-21T14:00:00Z') / 1_000;
    const times = [-72 * 3_600 - 1, -72 * 3_600, -1, 0, 96 * 3_600 - 1, 96 * 3_600];
    await store(times.map((offset, user) => aRecommendation({ time: at + offset, userId: user + 1 })));
    const { requests, windows } = JSON.parse(await report({ at: '2026-11-21T14:00', json: true })) as {
      requests: number;
      windows: Record<string, { requests: number }>;
    };
    expect([requests, windows.before.requests, windows.after.requests, windows.both.requests]).toEqual([6, 2, 2, 4]);
  });

  test('a log without requests is said in one sentence, as JSON with requests 0 before it', async () => {
    await expect(report({})).rejects.toMatchObject({ code: 'NOT_ENOUGH_DATA' });
    let printed = '';
    const asked = reportAvailability(ledger, { json: true }, (text) => (printed += text));
    await expect(asked).rejects.toThrow('the log has no recommendation line yet');
    expect(JSON.parse(printed)).toMatchObject({ requests: 0, ok: 0, availability: null, p50Ms: null, hours: [] });
  });

  test.each(['yesterday', '2026-13-01', '2026-02-30', '14:00', '2026-11-21T25:00'])('%s is no time', (text) => {
    expect(() => readTime(text, '--from')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }) as Error);
  });

  test('a time has a zone, or it is UTC', () => {
    expect(
      ['2026-11-21', '2026-11-21T00:00', '2026-11-21T01:00:00+01:00'].map((text) => readTime(text, '--at')),
    ).toEqual(Array(3).fill(Date.UTC(2026, 10, 21) / 1_000));
  });
});

describe('percentiles', () => {
  /** Seeded rows: latencies with many ties, a fifth of them failed. */
  const someRows = (length: number): RecommendationRow[] =>
    Array.from({ length }, (_, place) =>
      aRecommendation({
        time: aTime + place * 37,
        userId: place + 1,
        status: place % 5 === 3 ? 0 : 200,
        latencyMs: place % 5 === 3 ? 815 : (place * 7_919) % 601,
      }),
    );

  /** Obviously right: sorts every latency, takes the one at the rank. */
  const bruteForce = (rows: RecommendationRow[]) => {
    const sorted = rows.flatMap(({ status, latencyMs }) => (status === 200 ? [latencyMs] : [])).sort((a, b) => a - b);
    const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((p) => sorted[Math.ceil(p * sorted.length - 1e-9) - 1] ?? null);
    return { p50Ms, p95Ms, p99Ms };
  };

  const isEqual = async (rows: RecommendationRow[], hours: RequestHour[]) =>
    expect(figuresOf(hours)).toMatchObject(bruteForce(rows));

  const hoursIn = async (change: (hour: RequestHour) => RequestHour = (hour) => hour): Promise<RequestHour[]> => {
    const all: RequestHour[] = [];
    await ledger.requestHours(everything, (hours) => void all.push(...hours.map(change)));
    return all;
  };

  test.each([1, 2, 3, 19, 20, 21, 99, 100, 101, 1_000, 4_321])(
    'of %i requests are those of all latencies sorted',
    async (length) => {
      await store(someRows(length));
      await isEqual(someRows(length), await hoursIn());
    },
  );

  test('that count the latencies of failed lines are told', async () => {
    await store(someRows(1_000));
    const withFailed = await hoursIn((hour) => {
      const ok = hour.latencies.reduce((sum, { lines }) => sum + lines, 0);
      return { ...hour, latencies: [...hour.latencies, { latencyMs: 815, lines: hour.requests - ok }] };
    });
    await expect(isEqual(someRows(1_000), withFailed)).rejects.toThrow();
  });
});
