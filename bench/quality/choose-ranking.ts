import { parseArgs } from 'node:util';
import { eightOneOne } from './ranking-eight-one-one.ts';
import { lastOfEach } from './ranking-last.ts';
import { readRankedSet } from './ranking-movielens.ts';
import { fiveFoldsValidation } from './ranking-random-folds.ts';
import { measureBlend } from './ranking-rows.ts';
import { blends } from './ranking-settings.ts';
import { strongGeneralisation } from './ranking-strong.ts';
import { describeBlend, type BlendSettings } from './ranking-blend.ts';

const help = `REELAY_DATA=<folder> node scripts/with-node.mjs bench/quality/choose-ranking.ts small | million | strong | unordered | last [settings as JSON …] [--seed 101]

Measures settings of the ranking models on the validation part of a protocol, never on its test part: those that are fixed, then each change of them
that is named, such as '{"als":{"alpha0":0.3}}'.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' }, seed: { type: 'string', default: '101' } },
});
const [name, ...changes] = positionals;
if (values.help || !Object.hasOwn(blends, name ?? '')) {
  console.log(help);
  process.exit(values.help ? 0 : 2);
}
const which = name as keyof typeof blends;
const seed = Number(values.seed);
const set = readRankedSet(which === 'small' ? 'ml-100k' : 'ml-1m');
const split = {
  small: () => fiveFoldsValidation(set, seed),
  million: () => eightOneOne(set, seed, 'validation'),
  strong: () => strongGeneralisation(set, seed, 'validation'),
  unordered: () => lastOfEach(set, 'validation'),
  last: () => lastOfEach(set, 'validation'),
}[which]();
const k = which === 'strong' ? 100 : 10;

/** A change names parts, and of each part some settings. */
function changed(settings: BlendSettings, change: string): BlendSettings {
  const parts = JSON.parse(change) as Record<string, object | null>;
  const merged = Object.entries(parts).map(([part, own]) => [
    part,
    own && { ...settings[part as keyof BlendSettings], ...own },
  ]);
  return { ...settings, ...Object.fromEntries(merged) };
}

for (const change of ['{}', ...changes]) {
  const settings = changed(blends[which], change);
  const { ndcg, recall, trainingSeconds } = await measureBlend(set, split, settings, { seed, k, recallAt: 20 });
  console.log(
    `NDCG@${k} ${ndcg.toFixed(4)}  recall@20 ${recall.toFixed(4)}  ${trainingSeconds.toFixed(0)} s  ${describeBlend(settings)}`,
  );
}
