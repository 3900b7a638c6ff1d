import { expect, test } from 'vitest';
import type { Ledger, LoggedAnswer, RecommendationRow, RequestHour, TimeWindow } from '../storage/index.ts';
import { aRecommendation, aTime, aWindow, noCsv } from './ledger-builders.ts';
import type { OpenedLedger } from './ledger-contract.ts';

const everything: TimeWindow = { from: 0, to: 4_102_444_800 };

async function store(ledger: Ledger, recommendations: RecommendationRow[]): Promise<void> {
  await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), { recommendations }), noCsv);
}

async function hoursIn(ledger: Ledger, window = everything): Promise<RequestHour[]> {
  const all: RequestHour[] = [];
  await ledger.requestHours(window, (hours) => void all.push(...hours));
  return all;
}

async function answersIn(ledger: Ledger, window = everything): Promise<LoggedAnswer[]> {
  const all: LoggedAnswer[] = [];
  await ledger.answers(window, (answers) => void all.push(...answers));
  return all;
}

const failedRow = (change: Partial<RecommendationRow>): RecommendationRow =>
  aRecommendation({ status: 0, latencyMs: 815, result: 'java.net.ConnectException: Connection refused', ...change });

/** What reports about online truth may rely on. */
export function ledgerTruthContract(opened: OpenedLedger): void {
  test('requests are folded by hour as a plain count of the rows says, whatever window is asked for', async () => {
    const rows = aBusyTruth();
    await store(opened.ledger, rows);
    expect(await opened.ledger.requestSpan()).toEqual({
      from: Math.min(...rows.map(({ time }) => time)),
      to: Math.max(...rows.map(({ time }) => time)) + 1,
    });
    for (const window of [everything, { from: aTime + 1_801, to: aTime + 90_030 }, { from: aTime, to: aTime + 1 }]) {
      const inside = rows.filter(({ time }) => time >= window.from && time < window.to);
      expect(inside.length).toBeGreaterThan(0);
      expect(await hoursIn(opened.ledger, window)).toEqual(bruteForce(inside));
      const answers = inside.map(({ status, latencyMs, result }) => ({
        status,
        latencyMs,
        result,
        modelVersion: null,
      }));
      expect(await answersIn(opened.ledger, window)).toEqual(answers);
    }
  });

  test('the latency of a line without an answer is in no hour', async () => {
    await store(opened.ledger, [aRecommendation(), failedRow({ userId: 2 })]);
    expect(await hoursIn(opened.ledger)).toEqual([
      { hour: aTime, requests: 2, latencies: [{ latencyMs: 31, lines: 1 }], minutesDown: 0 },
    ]);
  });

  test('a minute is down when it has requests and none of them was answered', async () => {
    await store(opened.ledger, [
      failedRow({ time: aTime + 5 }),
      failedRow({ time: aTime + 59 }),
      failedRow({ time: aTime + 60 }),
      aRecommendation({ time: aTime + 119 }),
      aRecommendation({ time: aTime + 240 }),
    ]);
    expect(await hoursIn(opened.ledger)).toMatchObject([{ requests: 5, minutesDown: 1 }]);
  });

  test('a log without requests has no hours; days without any are passed over', async () => {
    expect(await opened.ledger.requestSpan()).toBeUndefined();
    expect(await hoursIn(opened.ledger)).toEqual([]);
    expect(await answersIn(opened.ledger)).toEqual([]);
    const tenYears = 315_360_000;
    await store(opened.ledger, [aRecommendation(), aRecommendation({ time: aTime + tenYears })]);
    let pages = 0;
    await opened.ledger.requestHours(everything, () => void pages++);
    expect(pages).toBe(2);
  });
}

/** Three days of requests, some minutes without an answer, several rows of one second; enough for several pages of lists. */
const aBusyTruth = (): RecommendationRow[] =>
  Array.from({ length: 12_000 }, (_, place) => {
    const time = aTime + Math.floor(place / 3) * 61;
    const row = { time, userId: 1 + (place % 3), lineHash: place.toString(16).padStart(16, '0') };
    const isDown = Math.floor(time / 60) % 97 === 0;
    if (isDown || place % 11 === 0) return failedRow(row);
    return aRecommendation({ ...row, latencyMs: (place * 7_919) % 860, result: `heat+1995,item+${place % 400}` });
  });

function bruteForce(rows: RecommendationRow[]): RequestHour[] {
  return [...Map.groupBy(rows, ({ time }) => Math.floor(time / 3_600) * 3_600)].map(([hour, inHour]) => {
    const ok = inHour.filter(({ status }) => status === 200);
    const minutes = [...Map.groupBy(inHour, ({ time }) => Math.floor(time / 60)).values()];
    return {
      hour,
      requests: inHour.length,
      latencies: [...Map.groupBy(ok, ({ latencyMs }) => latencyMs)]
        .map(([latencyMs, { length }]) => ({ latencyMs, lines: length }))
        .toSorted((a, b) => a.latencyMs - b.latencyMs),
      minutesDown: minutes.filter((minute) => minute.every(({ status }) => status !== 200)).length,
    };
  });
}
