import { randomUUID } from 'node:crypto';
import type { RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openWorkQueue } from '@reelay/shared/messaging';
import { answerQuestions } from './part-process.ts';
import { sampleJob } from './sample-job.ts';

/** Publishes jobs and takes answers as a gateway does, without HTTP. */
const [queueUrl = '', redisUrl = '', namespace = ''] = process.argv.slice(2);
const queue = await openWorkQueue<RecommendJob>(queueUrl, { namespace });
const answers = await openAnswers(redisUrl, { namespace });
const replyTo = `gw-${randomUUID()}`;
const waiting = new Map<string, () => void>();
await answers.listen(replyTo, (arrived) => {
  for (const { requestId } of arrived) {
    const settle = waiting.get(requestId);
    waiting.delete(requestId);
    settle?.();
  }
});

async function send({ inFlight, total }: { inFlight: number; total: number }) {
  let [sent, answered] = [0, 0];
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const ask = (): void => {
      const job = sampleJob(sent++, replyTo);
      waiting.set(job.requestId, () => {
        if (++answered === total) resolve();
        else if (sent < total) ask();
      });
      queue.publish('stable', job, { budgetMs: 5_000 }).catch(reject);
    };
    for (let at = 0; at < inFlight; at++) ask();
  });
  return { seconds: (performance.now() - started) / 1_000, answers: answered };
}

answerQuestions(send);
