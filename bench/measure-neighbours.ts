/** User neighbours beside item neighbours and item weights (EASE): quality and cost of a list. See `--help`. */
import { trainBlend, type BlendScorer, type BlendSettings } from './quality/ranking-blend.ts';
import { rankUsers } from './quality/ranking-figures.ts';
import { readRankedSet, type RankedSet } from './quality/ranking-movielens.ts';
import { fiveFolds, fiveFoldsValidation, type RankingSplit } from './quality/ranking-random-folds.ts';
import { strongGeneralisation } from './quality/ranking-strong.ts';
import { itemNeighbours, userNeighbours, type NeighbourModel } from './neighbours/neighbour-scorers.ts';
import { blends } from './quality/ranking-settings.ts';

const help = `Usage: REELAY_DATA=<folder> node scripts/with-node.mjs bench/measure-neighbours.ts [--help]

NDCG of user neighbours, item neighbours and EASE alone on ml-100k (gorse's protocol, first fold, k = 10) and ml-1m (unseen users, k = 100), with the
milliseconds of a list and the bytes that answering needs. The number of neighbours is chosen on validation parts: 20, 50, 100, 200, 400.

Example: REELAY_DATA=data node scripts/with-node.mjs bench/measure-neighbours.ts`;

const counts = [20, 50, 100, 200, 400];
const makers = { 'user neighbours': userNeighbours, 'item neighbours': itemNeighbours } as const;

interface Protocol {
  name: string;
  set: RankedSet;
  validation: RankingSplit;
  test: RankingSplit;
  k: number;
  ease: BlendSettings;
}

function protocols(): Protocol[] {
  const small = readRankedSet('ml-100k');
  const million = readRankedSet('ml-1m');
  return [
    {
      name: 'ml-100k, NDCG@10',
      set: small,
      validation: fiveFoldsValidation(small, 1),
      test: fiveFolds(small, 1)[0],
      k: 10,
      ease: { ease: { ...blends.small.ease, weight: 1 } },
    },
    {
      name: 'ml-1m, unseen users, NDCG@100',
      set: million,
      validation: strongGeneralisation(million, 1, 'validation'),
      test: strongGeneralisation(million, 1, 'test'),
      k: 100,
      ease: { ease: { ...blends.strong.ease, weight: 1 } },
    },
  ];
}

function figuresOf({ set, k }: Protocol, { users }: RankingSplit, score: BlendScorer) {
  const begun = performance.now();
  const { ndcg, users: ranked } = rankUsers(score, users, { items: set.items, k });
  const msAList = (performance.now() - begun) / ranked;
  return { ndcg: Number(ndcg.toFixed(4)), msAList: Number(msAList.toFixed(2)) };
}

/** The count that is best on the validation part, and what it gives on the test part. */
function chooseCount(protocol: Protocol, make: (typeof makers)[keyof typeof makers]) {
  const { set, validation, test } = protocol;
  const tried = counts.map((count) => ({
    count,
    ...figuresOf(protocol, validation, make(set, validation.train, count).score),
  }));
  const { count } = tried.toSorted((a, b) => b.ndcg - a.ndcg)[0];
  const model: NeighbourModel = make(set, test.train, count);
  return { count, bytes: model.bytes, ...figuresOf(protocol, test, model.score) };
}

async function measure(protocol: Protocol): Promise<void> {
  const { set, test } = protocol;
  const rows: Record<string, object> = {};
  for (const [name, make] of Object.entries(makers)) rows[name] = chooseCount(protocol, make);
  const score = await trainBlend(set, test.train, protocol.ease, 1);
  const kept = Math.min(set.items, protocol.ease.ease!.weightsKept);
  rows.EASE = { count: kept, bytes: 8 * set.items * kept, ...figuresOf(protocol, test, score) };
  console.log(protocol.name);
  console.table(rows);
}

if (process.argv.includes('--help')) console.log(help);
else for (const protocol of protocols()) await measure(protocol);
