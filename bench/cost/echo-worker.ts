import { encodeReceiptBody, type RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openWorkQueue } from '@reelay/shared/messaging';
import { answerQuestions } from './part-process.ts';

/** A worker that does everything but compute: each batch is answered with the same 20 items in one trip, then acknowledged. */
const [queueUrl = '', redisUrl = '', namespace = ''] = process.argv.slice(2);
const queue = await openWorkQueue<RecommendJob>(queueUrl, { namespace });
const answers = await openAnswers(redisUrl, { namespace });
const items = Array.from({ length: 20 }, (_, at) => ({ id: `movie+number+${1_234 * at}+1987`, score: 3.25 - at / 16 }));
const trace = Buffer.from(
  encodeReceiptBody({
    list: { form: 'indices', items: items.map(({ score }, at) => ({ index: 1_234 * at, score, source: 'prior' })) },
    seed: 0,
    propensity: 1,
    kernelBuild: '0a1b2c3d',
    history: [],
    seen: [],
  }),
).toString('base64');
await queue.consume('stable', { concurrency: 128 }, async (batch) => {
  await answers.post(
    batch.map(({ job: { requestId, userId, modelVersion, replyTo } }) => ({
      answer: { requestId, userId, modelVersion, history: { items: 0, version: 0 }, items, trace },
      replyTo,
    })),
  );
  return batch.map(() => 'done');
});

answerQuestions(async () => ({}));
