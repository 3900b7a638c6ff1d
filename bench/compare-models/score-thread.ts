import { parentPort, workerData } from 'node:worker_threads';
import { createKnownUserScorer, type KnownUsers } from './score-known-users.ts';

/** A part of the users, scored each time it is asked. */
const { known, count, from, to, out } = workerData as { known: KnownUsers; count: number; from: number; to: number; out: Int32Array }; // prettier-ignore
const score = createKnownUserScorer(known, count);
parentPort?.on('message', () => {
  score(from, to, out);
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
