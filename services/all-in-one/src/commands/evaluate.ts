import { AppError } from '@reelay/shared/runtime';
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { headlinesOf, headlineText } from '../evaluation/headline.ts';
import { runEvaluation } from '../evaluation/run-evaluation.ts';
import { writeReport } from '../evaluation/write-report.ts';
import { createProgress } from '../terminal/progress.ts';

interface EvaluateOptions {
  data: string;
  split?: string;
  testRows?: string;
  relevant?: string;
  seed: string;
  threads: string;
  budget: string;
  search?: string;
  report?: string;
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
    .option('--budget <seconds>', 'about so long may the rating model train; on more data it does less', '240')
    .option('--search <seconds>', 'first try settings of both models for so long, on a part of the training rows')
    .option('--report <folder>', 'also all figures as report.json, and a page with plots as report.html')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay evaluate --data ml-100k --split random:0.1:7\n  $ npx reelay evaluate --data ratings.csv --split temporal:0.1 --json\n  $ npx reelay evaluate --data ml-1m --test-rows rows.txt --relevant 4 --report report',
    )
    .action(evaluate);
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const request = {
    data: options.data,
    split: options.split,
    testRows: options.testRows,
    relevantFrom: options.relevant === undefined ? undefined : numberOf(options.relevant, '--relevant'),
    seed: wholeNumber(options.seed, '--seed'),
    threads: Math.max(1, wholeNumber(options.threads, '--threads')),
    budgetSeconds: numberOf(options.budget, '--budget'),
    searchSeconds: options.search === undefined ? undefined : numberOf(options.search, '--search'),
  };
  const progress = stepProgress();
  const { evaluation, report } = await runEvaluation(request, progress.step).finally(() => progress.end());
  const page = options.report && (await writeReport(options.report, report()));
  console.log(options.json ? JSON.stringify(headlinesOf(evaluation)) : headlineText(evaluation));
  if (page && !options.json) console.log(page);
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
