import { parseArgs } from 'node:util';
import type { ModelBuild } from '../packages/recommender/src/index.ts';
import {
  drawModel,
  openKernelsUnderTest,
  questionOf,
  type DrawnModel,
  type KernelsUnderTest,
} from './kernels/kernels-under-test.ts';
import { timeCalls, type Figure, type TimedCall } from './kernels/time-calls.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';
import { printTable, row, type Row } from './print-table.ts';

const help = `node scripts/with-node.mjs bench/measure-kernels.ts [part …] [options]

What scoring and fold-in cost, compiled kernels beside their plain twins; both sides alternate, the figure is the median of the rounds.
Ends with 1 when a figure is above its limit.

parts      scoring   27,000 × 64, top 20, 100 left out: one user (limit 110 µs), 64 at once (75 µs a user)
           fold-in   the vector of 20, 50 (40 µs) and 100 history items
           answers   both, with exclusions and lists, 50 items folded in: one user, 64 at once
           growth    1,000, 10,000, 27,000 and 100,000 items
options    --rounds 5   --turn 300   milliseconds of each side in a round
           --build simd | relaxed    compiled kernels
           --json

example    node scripts/with-node.mjs bench/measure-kernels.ts scoring fold-in --rounds 3`;

export interface KernelOptions {
  rounds: number;
  turnMs: number;
  build: ModelBuild;
}

/** Most microseconds that are accepted, by name. */
const limits: Record<string, number> = {
  'scores of one user, relaxed': 110,
  'scores of 64 users at once, relaxed': 75,
  'fold-in of 50 items, relaxed': 40,
};

const usersAtOnce = 64;
const [items, factors] = [27_000, 64];

const scoringCalls = (side: string, kernels: KernelsUnderTest): TimedCall[] => [
  { name: `scores of one user, ${side}`, call: () => kernels.score(1), units: 1 },
  { name: `scores of 64 users at once, ${side}`, call: () => kernels.score(usersAtOnce), units: usersAtOnce },
];

const foldInCalls = (side: string, kernels: KernelsUnderTest): TimedCall[] =>
  [20, 50, 100].map((folded) => {
    const { history } = questionOf(1, items, { folded });
    return { name: `fold-in of ${folded} items, ${side}`, call: () => kernels.foldIn(history), units: 1 };
  });

function answerCalls(side: string, kernels: KernelsUnderTest): TimedCall[] {
  const questions = questionsOf(items);
  const [first] = questions;
  return [
    { name: `answer to one user, ${side}`, call: () => void kernels.recommendBatch([first]), units: 1 },
    {
      name: `answers to 64 users at once, ${side}`,
      call: () => void kernels.recommendBatch(questions),
      units: usersAtOnce,
    },
  ];
}

const questionsOf = (size: number) => Array.from({ length: usersAtOnce }, (_, user) => questionOf(user, size));

/** Both sides of one model, asked once, so that the records of 64 users are written. */
function openSides(model: DrawnModel, build: ModelBuild): [string, KernelsUnderTest][] {
  return [build, 'plain' as const].map((side) => {
    const kernels = openKernelsUnderTest(model, side);
    kernels.recommendBatch(questionsOf(model.items));
    return [side, kernels];
  });
}

const callsOf = {
  scoring: scoringCalls,
  'fold-in': foldInCalls,
  answers: answerCalls,
};
const partNames = [...Object.keys(callsOf), 'growth'];

function measureBeside(part: keyof typeof callsOf, options: KernelOptions): Row[] {
  const sides = openSides(drawModel(items, factors), options.build);
  const figures = timeCalls(
    sides.flatMap(([side, kernels]) => callsOf[part](side, kernels)),
    options,
  );
  return [...figures].map(([name, { rounds }]) => row(name, 'µs', rounds, remarkOf(name, options.build, figures)));
}

function remarkOf(name: string, build: string, figures: ReadonlyMap<string, Figure>): string {
  const [own, twin] = [figures.get(name), figures.get(name.replace(`, ${build}`, ', plain'))];
  const best = own ? `best ${own.best.toFixed(1)}` : '';
  const ratio =
    own && twin && own !== twin ? `twin takes ${(medianOf(twin.rounds) / medianOf(own.rounds)).toFixed(1)} ×` : '';
  return [best, ratio, limits[name] === undefined ? '' : `limit ${limits[name]}`].filter(Boolean).join('; ');
}

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Nanoseconds an item and user: flat where cost is linear. */
function measureGrowth(options: KernelOptions): Row[] {
  return [1_000, 10_000, 27_000, 100_000].flatMap((size) => {
    const [[side, kernels]] = openSides(drawModel(size, factors), options.build);
    const figures = timeCalls(scoringCalls(side, kernels), options);
    return [...figures].map(([name, { rounds, best }]) => {
      const perItem = (us: number): string => ((1_000 * us) / size).toFixed(2);
      const remark = `${perItem(medianOf(rounds))} ns an item, best ${perItem(best)}`;
      return row(`${size.toLocaleString('en')} items: ${name}`, 'µs', rounds, remark);
    });
  });
}

/** The rows of some parts, of all when none is named. */
export function measureKernels(parts: readonly string[], options: KernelOptions): Row[] {
  return (parts.length > 0 ? parts : partNames).flatMap((part) =>
    part === 'growth' ? measureGrowth(options) : measureBeside(part as keyof typeof callsOf, options),
  );
}

/** Rows above their limit, as sentences. */
const aboveLimit = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ measure, median }) => median > (limits[measure] ?? Infinity))
    .map(({ measure, median }) => `${measure}: ${median.toFixed(1)} µs is above ${limits[measure]}`);

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      rounds: { type: 'string', default: '5' },
      turn: { type: 'string', default: '300' },
      build: { type: 'string', default: 'relaxed' },
    },
  });
  const unknown = positionals.find((part) => !partNames.includes(part));
  if (values.help || unknown !== undefined) {
    console.log(unknown === undefined ? help : `no part "${unknown}"\n\n${help}`);
    process.exit(unknown === undefined ? 0 : 2);
  }
  const options = { rounds: Number(values.rounds), turnMs: Number(values.turn), build: values.build as ModelBuild };
  const rows = measureKernels(positionals, options);
  const machine = describeMachine({ rounds: values.rounds, build: values.build });
  if (values.json) console.log(JSON.stringify({ machine, rows }, null, 2));
  else printTable(machine, rows);
  const above = aboveLimit(rows);
  for (const sentence of above) console.error(sentence);
  process.exitCode = above.length > 0 ? 1 : 0;
}
