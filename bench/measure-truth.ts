/**
 * `node bench/measure-truth.ts [lines] [--mariadb]`: how long reports on online truth take over so many recommendation lines and as many
 * receipts of three versions (default 1,000,000, a day of them), on SQLite or on a MariaDB of `infra/native`. Prints seconds; nothing is kept.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers } from '@reelay/native';
import type { Receipt } from '@reelay/shared/contracts';
import { listHash } from '@reelay/shared/runtime';
import { openLedger, type Ledger, type RecommendationRow } from '@reelay/shared/storage';
import { aReceipt, aRequestId } from '@reelay/shared/testing';

if (process.argv.includes('--help')) {
  console.log(`node scripts/with-node.mjs bench/measure-truth.ts [lines] [--mariadb]

How long reports on online truth take over so many recommendation lines (default 1000000) and as many receipts of three versions, on SQLite or
on a MariaDB of its own (npm run setup:native). Takes minutes; nothing is kept.

example    node scripts/with-node.mjs bench/measure-truth.ts 100000`);
  process.exit(0);
}
const lines = Number(process.argv.slice(2).find((arg) => /^\d+$/.test(arg)) ?? 1_000_000);
const linesAtOnce = 50_000;
const receiptsAtOnce = 10_000;
const start = Date.UTC(2031, 0, 1) / 1_000;
const daySeconds = 86_400;

const movies = 27_000;
const movieId = (place: number): string => `a+movie+of+the+catalogue+${place}+1999`;

/** Twenty ids a list, as real ones; one request in fifty failed. */
const rowAt = (place: number): RecommendationRow => ({
  time: start + Math.floor((place * daySeconds) / lines),
  millisecond: place % 1_000,
  userId: 1 + ((place * 7_919) % 1_000_000),
  lineHash: place.toString(16).padStart(16, '0'),
  status: place % 50 === 0 ? 0 : 200,
  latencyMs: (place * 104_729) % 600,
  result: Array.from({ length: 20 }, (_, at) => movieId((place * 31 + at) % movies)).join(','),
});

const builds = [1, 2, 3].map((number) => ({ ...aReceipt(0).build, modelVersion: `${number}-aaaaaa` }));

/** Of a gateway whose clock is another one than the log's. */
function receiptAt(place: number): Receipt {
  const { userId, result } = rowAt(place);
  const timeMs = Date.UTC(2026, 10, 21) + Math.floor((place * daySeconds * 1_000) / lines);
  const build = builds[Math.floor((place * builds.length) / lines)];
  return aReceipt(place, {
    requestId: aRequestId(place, timeMs),
    timeMs,
    userId,
    listHash: listHash(userId, result),
    build,
  });
}

async function fillReceipts(ledger: Ledger): Promise<void> {
  for (let first = 0; first < lines; first += receiptsAtOnce) {
    const receipts = Array.from({ length: Math.min(receiptsAtOnce, lines - first) }, (_, at) => receiptAt(first + at));
    await ledger.addReceipts([{ id: `batch-${first}`, receipts }]);
  }
}

async function fill(ledger: Ledger): Promise<void> {
  const { streamId, incarnation, ownerEpoch } = await ledger.claim('movielog', 0);
  for (let first = 0; first < lines; first += linesAtOnce) {
    const recommendations = Array.from({ length: Math.min(linesAtOnce, lines - first) }, (_, at) => rowAt(first + at));
    const place = {
      streamId,
      incarnation,
      ownerEpoch,
      expectedOffset: first,
      nextOffset: first + recommendations.length,
    };
    const rows = { ratings: [], segments: [], recommendations, accounts: [], quarantine: [] };
    const window = { ...place, lastLineHash: null, received: recommendations.length, watchLines: 0, rows };
    await ledger.commitWindow(window, async () => []);
  }
}

async function measure(name: string, work: () => Promise<unknown>, rounds = 5): Promise<void> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await work();
    seconds.push((performance.now() - startedAt) / 1_000);
  }
  console.log(
    `${name.padEnd(40)} ${seconds.toSorted((a, b) => a - b)[rounds >> 1].toFixed(3)} s, ${rounds === 1 ? 'once' : `median of ${rounds}`}`,
  );
}

async function measureAll(url: string): Promise<void> {
  const ledger = await openLedger(url);
  try {
    await ledger.itemIds(Array.from({ length: movies }, (_, at) => movieId(at)));
    await measure('storing the lines', () => fill(ledger), 1);
    await measure('storing the receipts', () => fillReceipts(ledger), 1);
    await measure('settling what became of answers', () => ledger.settleAnswers({ windowSeconds: 3_600 }), 1);
    await measure('settling again', () => ledger.settleAnswers({ windowSeconds: 3_600 }), 1);
    let requests = 0;
    const count = (hours: { requests: number }[]) => hours.forEach((hour) => (requests += hour.requests));
    const hour = { from: start + 14 * 3_600, to: start + 15 * 3_600 };
    const whole = { from: start, to: start + daySeconds };
    await measure('availability of 14:00-15:00', () => ledger.requestHours(hour, count));
    await measure('outcomes of 14:00-15:00 by version', () => ledger.outcomes(hour));
    await measure('outcomes of all by version', () => ledger.outcomes(whole));
    await measure('availability of all', () => ledger.requestHours(whole, count));
    await measure('answers of all, with their versions', () => ledger.answers(whole, () => {}), 1);
    console.log(await ledger.outcomes(hour));
    console.log(`${requests.toLocaleString('en')} requests counted`);
  } finally {
    await ledger.close();
  }
}

const home = await mkdtemp(join(tmpdir(), 'reelay-truth-'));
try {
  if (!process.argv.includes('--mariadb')) await measureAll(`sqlite:${join(home, 'ledger.db')}`);
  else {
    const servers = await startNativeServers(['mariadb'], { home });
    await measureAll(servers.urls.LEDGER_URL ?? '').finally(() => servers.stop());
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
process.exit();
