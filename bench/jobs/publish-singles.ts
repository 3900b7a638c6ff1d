import { randomUUID } from 'node:crypto';
import type { RecommendJob, Track } from '@reelay/shared/contracts';
import { openAnswers, openWorkQueue } from '@reelay/shared/messaging';
import { answerQuestions } from '../cost/part-process.ts';
import { sampleJob } from '../cost/sample-job.ts';

/** Publishes single jobs for users 1 to `total` on one slot, so many in flight, and takes their answers. */
const [queueUrl = '', redisUrl = '', namespace = '', modelVersion = ''] = process.argv.slice(2);
const queue = await openWorkQueue<RecommendJob>(queueUrl, { namespace });
const answers = await openAnswers(redisUrl, { namespace });
const replyTo = `gw-${randomUUID()}`;
const waiting = new Map<string, (isList: boolean) => void>();
await answers.listen(replyTo, (arrived) => {
  for (const { requestId, items, problem } of arrived) {
    const settle = waiting.get(requestId);
    waiting.delete(requestId);
    settle?.(problem === undefined && items.length === 20);
  }
});

async function send({ slot, inFlight, total }: { slot: Track; inFlight: number; total: number }) {
  let [sent, answered, wrong] = [0, 0, 0];
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const ask = (): void => {
      const job = { ...sampleJob(sent++, replyTo), modelVersion };
      waiting.set(job.requestId, (isList) => {
        if (!isList) wrong++;
        if (++answered === total) resolve();
        else if (sent < total) ask();
      });
      queue.publish(slot, job, { budgetMs: 30_000 }).catch(reject);
    };
    for (let at = 0; at < Math.min(inFlight, total); at++) ask();
  });
  return { seconds: (performance.now() - started) / 1_000, answers: answered, wrong };
}

answerQuestions(send);
