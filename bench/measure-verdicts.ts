import { parseArgs } from 'node:util';
import { defaultVerdictRules } from '../services/release-manager/src/verdict/rules.ts';
import {
  answersPerSecond,
  createPopulation,
  releaseKinds,
  simulateRelease,
  type ReleaseKind,
  type SimulatedRelease,
} from '../services/release-manager/src/testing/simulate-release.ts';

const help = `node scripts/with-node.mjs bench/measure-verdicts.ts [--releases 1000] [--seed 1] [--json]

Simulates releases of four kinds and lets the verdict decide them: how often is a good canary aborted, how often is a bad one promoted, after how many
answers. Beside it, what the rule "after 12 hours, mean latency of the canary at most 500 ms" does with the same answers. 400,000 answers a release at
most, 100,000 users of unequal activity and taste, base watch rate .22, stable p99 15 ms, canary share 20 %.`;

const { values } = parseArgs({
  options: {
    releases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const hours = (answers: number): number => +(answers / answersPerSecond / 3_600).toFixed(2);

function rowOf(kind: ReleaseKind, releases: SimulatedRelease[]) {
  const answers = releases.map((release) => release.answers).sort((a, b) => a - b);
  const count = (outcome: SimulatedRelease['outcome']): number =>
    releases.filter((release) => release.outcome === outcome).length;
  const [median, late] = [0.5, 0.95].map(
    (share) => answers[Math.min(answers.length - 1, Math.floor(share * answers.length))],
  );
  return {
    kind,
    releases: releases.length,
    promoted: count('better-or-equal'),
    aborted: count('worse'),
    'aborted, undecided': count('undecided'),
    'median answers': median,
    'median hours': hours(median),
    '95 % by hours': hours(late),
    'promoted by the fixed rule': releases.filter(({ fixedRulePromotes }) => fixedRulePromotes).length,
  };
}

const population = createPopulation(Number(values.seed));
const rows = (Object.keys(releaseKinds) as ReleaseKind[]).map((kind, at) => {
  const seeds = Array.from({ length: Number(values.releases) }, (_, release) => 1_000_000 * (at + 1) + release);
  return rowOf(
    kind,
    seeds.map((seed) => simulateRelease(population, kind, seed, defaultVerdictRules)),
  );
});
if (values.json)
  console.log(JSON.stringify({ date: new Date().toISOString(), rules: defaultVerdictRules, rows }, null, 2));
else console.table(rows);
