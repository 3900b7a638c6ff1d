import { readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import {
  buildInteractions,
  defaultObjective,
  defaultRatingSettings,
  ratingErrors,
} from '../../packages/recommender/src/index.ts';
import { trainInThreads, trainRatingsInThreads } from '../../services/trainer/src/index.ts';

/** One of our models on one split, in a process of its own: one line of JSON, as `peers.py`. */
const [name, trainFile, testFile, listsFile, threadsText] = process.argv.slice(2);
const threads = Number(threadsText);

const readRows = (file: string) => readFileSync(file, 'latin1').trim().split('\n').map((line) => line.split(',').map(Number)); // prettier-ignore
const train = readRows(trainFile);
const test = readRows(testFile);
const size = { users: 1 + most(0), items: 1 + most(1) };

function most(column: number): number {
  return [...train, ...test].reduce((largest, row) => Math.max(largest, row[column]), 0);
}

async function ratings() {
  const places = (rows: number[][], column: number) => Int32Array.from(rows, (row) => row[column]);
  const values = train.map(([, , rating]) => rating);
  const data = {
    ...size,
    user: places(train, 0),
    item: places(train, 1),
    rating: Float32Array.from(values),
    scale: { min: Math.min(...new Set(values)), max: Math.max(...new Set(values)) },
    asked: { user: places(test, 0), item: places(test, 1) },
  };
  const chains = name === 'ratings-quick' ? [{ factors: 11, sweeps: 60 }] : defaultRatingSettings.chains;
  const started = performance.now();
  const model = await trainRatingsInThreads(data, { ...defaultRatingSettings, chains }, { threads });
  const seconds = (performance.now() - started) / 1_000;
  return { seconds, ...ratingErrors(model.asked, test.map(([, , rating]) => rating)) }; // prettier-ignore
}

async function lists() {
  const rows = train.map(([user, item]) => ({ user, item, confidence: 1 }));
  const objective = { ...defaultObjective, alpha0: 0.2, regularisation: 0.01, nu: 1 };
  const interactions = buildInteractions(rows, size);
  const started = performance.now();
  const trained = await trainInThreads(interactions, { factors: 64, sweeps: 8, objective, seed: 7 }, { threads });
  const seconds = (performance.now() - started) / 1_000;
  const count = 20;
  const out = new Int32Array(new SharedArrayBuffer(4 * count * size.users));
  const known = { items: size.items, factors: 64, ...trained, start: interactions.userStart, item: interactions.item };
  const part = Math.ceil(size.users / threads);
  const workers = await Promise.all(
    Array.from({ length: threads }, (_, at) => openWorker({ known, count, from: at * part, to: Math.min(size.users, (at + 1) * part), out })), // prettier-ignore
  );
  let best = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now();
    await Promise.all(workers.map(({ score }) => score()));
    best = Math.min(best, (performance.now() - from) / 1_000);
  }
  await Promise.all(workers.map(({ worker }) => worker.terminate()));
  writeFileSync(listsFile, Array.from({ length: size.users }, (_, user) => `${[user, ...out.subarray(user * count, (user + 1) * count)].join(',')}\n`).join('')); // prettier-ignore
  return { seconds, usersPerSecond: size.users / best };
}

async function openWorker(workerData: object) {
  const worker = new Worker(new URL('./score-thread.ts', import.meta.url), { workerData });
  const told = (): Promise<void> => new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  }); // prettier-ignore
  await told();
  return {
    worker,
    score(): Promise<void> {
      const done = told();
      worker.postMessage('score');
      return done;
    },
  };
}

const figures = await (name === 'lists' ? lists() : ratings());
console.log(JSON.stringify({ ...figures, peakMiB: process.resourceUsage().maxRSS / 1024 }));
process.exit(0);
