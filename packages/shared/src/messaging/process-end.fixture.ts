import { openAnswers, openHistories, openPlans, openWorkQueue } from './index.ts';

/** Opens every port that its two URLs name, uses each, says so, and closes when its input ends. It must end by itself. */
const [queueUrl = '', storeUrl = '', namespace = ''] = process.argv.slice(2);
const options = { namespace };
const queue = await openWorkQueue<number>(queueUrl, options);
const answers = await openAnswers(storeUrl, options);
const histories = await openHistories(storeUrl, options);
const plans = await openPlans(storeUrl, options);
await queue.consume('stable', { concurrency: 5 }, async (batch) => batch.map(() => 'done'));
await queue.publish('stable', 1, { budgetMs: 1_000 });
await answers.listen('here', () => {});
await histories.read([1]);
await plans.watch(() => {});
process.stdout.write('open\n');
for await (const _ of process.stdin);
await Promise.all([queue, answers, histories, plans].map((port) => port.close()));
process.stdout.write('closed\n');
