import { AppError } from '@reelay/shared/runtime';
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { evaluateData } from '../evaluation/evaluate-data.ts';
import { featuresOf } from '../evaluation/feature-groups.ts';
import { headlinesOf, headlineText } from '../evaluation/headline.ts';
import { rankingMaker } from '../evaluation/ranking-maker.ts';
import { ratingMaker } from '../evaluation/rating-maker.ts';
import { readSplit } from '../evaluation/read-split.ts';
import { findData } from '../importing/find-data.ts';
import { readDataDetails } from '../importing/read-data-details.ts';
import { readRatings } from '../importing/read-ratings.ts';
import { createProgress } from '../terminal/progress.ts';

interface EvaluateOptions {
  data: string;
  split?: string;
  testRows?: string;
  relevant?: string;
  seed: string;
  threads: string;
  json?: boolean;
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('how well the served models foretell rows of a data set that they have not seen')
    .requiredOption('--data <path>', 'a MovieLens folder, or a CSV file of user,item,rating[,time]')
    .option('--split <how>', 'random:<share>[:<seed>], temporal:<share> or last (of each user)')
    .option('--test-rows <file>', 'numbers of the rows to test on, from 0, a header not counted')
    .option('--relevant <rating>', 'test rows with at least this rating are relevant for lists (default: all)')
    .option('--seed <number>', 'of everything that is drawn', '1')
    .option('--threads <number>', 'threads to train with', String(Math.min(2, availableParallelism())))
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay evaluate --data ml-100k --split random:0.1:7\n  $ npx reelay evaluate --data ratings.csv --split temporal:0.1 --json\n  $ npx reelay evaluate --data ml-1m --test-rows rows.txt --relevant 4',
    )
    .action(evaluate);
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const seed = wholeNumber(options.seed, '--seed');
  const threads = wholeNumber(options.threads, '--threads');
  const relevantFrom = options.relevant === undefined ? undefined : numberOf(options.relevant, '--relevant');
  const files = await findData(options.data);
  const reading = createProgress('reading');
  const ratings = await readRatings(files.ratings, { onProgress: (rows) => reading.update(rows) });
  reading.end();
  ratings.bad.refuse(files.ratings);
  const split = await readSplit(ratings.table, { ...options, seed });
  const progress = stepProgress();
  const features = featuresOf(await readDataDetails(files), ratings.userIds, ratings.itemIds);
  const makers = {
    rating: ratingMaker({ seed, threads, features, onProgress: progress.step }),
    ranking: rankingMaker({ seed, onProgress: progress.step }),
  };
  const evaluation = await evaluateData({ table: ratings.table, split, relevantFrom, seed }, makers, progress.step);
  progress.end();
  console.log(options.json ? JSON.stringify(headlinesOf(evaluation)) : headlineText(evaluation));
}

/** One progress line after another, as the steps come. */
function stepProgress() {
  let name = '';
  let progress = createProgress('');
  return {
    step(step: string, done: number): void {
      if (step !== name) {
        progress.end();
        name = step;
        progress = createProgress(step);
      }
      progress.update(Math.round(100 * done), 100);
    },
    end: () => progress.end(),
  };
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new AppError('REQUEST_INVALID', `${name} is a whole number`);
  return Number(text);
}

function numberOf(text: string, name: string): number {
  if (text === '' || !Number.isFinite(Number(text))) throw new AppError('REQUEST_INVALID', `${name} is a number`);
  return Number(text);
}
