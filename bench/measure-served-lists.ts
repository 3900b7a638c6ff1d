import {
  createModel,
  defaultObjective,
  modelMemoryBytes,
  packItemWeights,
  viewItemWeights,
  type Model,
  type PackedWeights,
} from '../packages/recommender/src/index.ts';
import { drawModel, questionOf } from './kernels/kernels-under-test.ts';
import { timeCalls } from './kernels/time-calls.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';
import { printTable, row, type Row } from './print-table.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-served-lists.ts [options]

What the serving configuration costs: bytes of the artifact, memory of a worker's model, and µs of an answer (fold-in of 50 items, scores of all items, 100
left out, list of 20), by factors alone and with item weights; both alternate, the figure is the median of the rounds. Histories and weights lean to the
popular items as in trained models: of a popular item there are many times more weights than of a rare one.

options    --items 27000   --factors 32   --weighed 8000   --kept 150   items with weights, weights kept of each
           --rounds 5   --turn 300   milliseconds of each side in a round
           --json

example    node scripts/with-node.mjs bench/measure-served-lists.ts --kept 80`;

const { items, factors, weighed, kept, rounds, turn, json } = readOptions(help, {
  numbers: { items: 27_000, factors: 32, weighed: 8_000, kept: 150, rounds: 5, turn: 300 },
  switches: ['json'],
});
const usersAtOnce = 64;

/** Numbers from 0 to 1 of one seed (a linear congruential generator). */
let state = 1;
const dice = (): number => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
/** The first items are the popular ones: half of all draws fall on a tenth of them. */
const popularItem = (): number => Math.floor(weighed * dice() ** 3.3);

/** Each of the weighed items is led to by `kept` others. */
function drawWeights(): { bytes: Uint8Array; weights: PackedWeights } {
  const leads = Array.from({ length: items }, (): number[] => []);
  for (let target = 0; target < weighed; target += 1)
    for (const source of new Set(Array.from({ length: kept }, popularItem))) leads[source].push(target);
  const start = new Int32Array(items + 1);
  for (const [item, targets] of leads.entries()) start[item + 1] = start[item] + targets.length;
  const target = Int32Array.from(leads.flat());
  const bytes = packItemWeights({ items, start, target, weight: Float32Array.from(target, () => dice() / 20) });
  return { bytes, weights: viewItemWeights(bytes) };
}

/** Half of what somebody watched is popular. */
const questions = Array.from({ length: usersAtOnce }, (_, user) => {
  const question = questionOf(user, items);
  const history = question.history.map((item, at) => (at % 2 === 0 ? item : { ...item, index: popularItem() }));
  return { ...question, history };
});

const { bytes, weights } = drawWeights();
const groups = 17;
const { itemFactors, priors } = drawModel(items, factors);
const drawn = { catalogueSize: items, factors, groups, itemFactors, priors, objective: defaultObjective };
const sides: [string, Model][] = [
  ['factors alone', createModel(drawn)],
  ['with item weights', createModel({ ...drawn, blend: { weights, share: 0.6 } })],
];
const figures = timeCalls(
  sides.flatMap(([side, model]) => [
    { name: `answer to one user, ${side}`, call: () => void model.recommend(questions[0]), units: 1 },
    { name: `answers to 64 users at once, ${side}`, call: () => void model.recommendBatch(questions), units: 64 },
  ]),
  { rounds, turnMs: turn },
);
const shape = { items, factors, groups };
const megabytes = (count: number): number => count / 2 ** 20;
const rows: Row[] = [
  row('item factors and priors, file', 'MiB', [megabytes(4 * items * (factors + groups))]),
  row('item weights, file', 'MiB', [megabytes(bytes.length)]),
  row('memory of the model, factors alone', 'MiB', [megabytes(modelMemoryBytes(shape))]),
  row('memory of the model, with item weights', 'MiB', [
    megabytes(modelMemoryBytes({ ...shape, weights: weights.target.length })),
  ]),
  ...[...figures].map(([name, { rounds }]) => row(name, 'µs', rounds)),
];
const machine = describeMachine({
  items,
  factors,
  weighed,
  kept,
});
if (json) console.log(JSON.stringify({ machine, rows }));
else printTable(machine, rows);
