import type { RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openWorkQueue, type Delivery, type Verdict } from '@reelay/shared/messaging';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { joinBatches } from '../../services/inference-worker/src/join-batches.ts';
import { keepMemorySmall } from '../../services/inference-worker/src/keep-memory-small.ts';
import { loadModel } from '../../services/inference-worker/src/load-model.ts';
import { answerQuestions } from './part-process.ts';

const excludedItems = 100;

/**
 * A worker that takes batches, scores all items and answers, and neither reads histories nor keeps how a list was made. One item is folded in,
 * since a user without any gets the prior unscored; 100 others are left out.
 */
const [queueUrl = '', redisUrl = '', artifactsUrl = '', namespace = '', version = ''] = process.argv.slice(2);
const { model, catalogue } = await loadModel(version, await openArtifactStore(artifactsUrl));
const queue = await openWorkQueue<RecommendJob>(queueUrl, { namespace });
const answers = await openAnswers(redisUrl, { namespace });

const requestOf = ({ userId, count }: RecommendJob) => {
  const item = (at: number): number => (userId * 31 + at * 7_919) % model.items;
  const exclude = Array.from({ length: excludedItems }, (_, at) => item(at + 1));
  return { history: [{ index: item(0), minutes: 90, rating: 0 }], seen: [], group: 0, count, exclude };
};

keepMemorySmall();
const score = async (batch: Delivery<RecommendJob>[]): Promise<Verdict[]> => {
  const lists = model.recommendBatch(batch.map(({ job }) => requestOf(job)));
  const posts = batch.map(({ job: { requestId, userId, modelVersion, replyTo } }, at) => {
    const items = lists[at].map(({ index, score }) => ({ id: catalogue[index].id, score }));
    return { answer: { requestId, userId, modelVersion, history: { items: 0, version: 0 }, items }, replyTo };
  });
  await answers.post(posts);
  return batch.map(() => 'done');
};
await queue.consume('stable', { concurrency: 128 }, joinBatches(score, { clock: systemClock }));

answerQuestions(async () => ({}));
