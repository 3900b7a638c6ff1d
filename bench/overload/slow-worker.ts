import type { Answer, RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openWorkQueue } from '@reelay/shared/messaging';
import { systemClock } from '@reelay/shared/runtime';

/**
 * A worker that answers `rate` jobs a second and not one more, by waiting: each job takes its turn. A job past its budget costs no turn, as in the
 * real one. Tells its parent how many it answered when it is asked.
 */
const [queueUrl = '', redisUrl = '', rate = '300'] = process.argv.slice(2);
let perSecond = Number(rate);
const queue = await openWorkQueue<RecommendJob>(queueUrl);
const answers = await openAnswers(redisUrl);
const items = Array.from({ length: 20 }, (_, at) => ({ id: `movie+number+${at}+2001`, score: 20 - at }));
let nextTurnAtMs = systemClock.monotonicMs();
let answered = 0;

const turn = async (): Promise<void> => {
  const nowMs = systemClock.monotonicMs();
  nextTurnAtMs = Math.max(nowMs, nextTurnAtMs) + 1_000 / perSecond;
  await systemClock.sleep(nextTurnAtMs - nowMs);
};

async function answer({ requestId, userId, modelVersion, replyTo }: RecommendJob): Promise<void> {
  const made: Answer = { requestId, userId, modelVersion, history: { items: 0, version: 0 }, items };
  answered++;
  await answers.post([{ answer: made, replyTo, keep: false }]);
}

for (const slot of ['stable', 'canary'] as const) {
  // Few in hand: what waits shall wait in the queue, where it can run out of its budget.
  await queue.consume(slot, { concurrency: 8 }, (batch) =>
    Promise.all(
      batch.map(async ({ job, takenAtMs, budgetLeftMs }) => {
        await turn();
        if (systemClock.monotonicMs() - takenAtMs < budgetLeftMs) await answer(job).catch(() => {});
        return 'done' as const;
      }),
    ),
  );
}
process.on('message', (wanted: { perSecond?: number }) => {
  if (wanted.perSecond !== undefined) perSecond = wanted.perSecond;
  process.send?.({ answered });
});
process.on('SIGTERM', () => process.exit(0));
process.send?.({ answered });
