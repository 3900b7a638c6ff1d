import { chooseBlend } from '../../services/trainer/src/ranking/choose-blend.ts';
import { measureCandidates } from '../../services/trainer/src/ranking/measure-candidates.ts';
import { trainRanking } from '../../services/trainer/src/ranking/train-ranking.ts';
import { trainerConfig } from '../../services/trainer/src/config.ts';
import { trainingSettings } from '../../services/trainer/src/settings.ts';
import { newestOfUsers, readSnapshot } from './served-ratings.ts';
import type { QualityRow, QualityRun } from './quality-row.ts';
import type { MovieLensName } from './rating-movielens.ts';

/** What the model card of a version says of its sources, with the trainer's own settings. */
async function measure(name: MovieLensName, seed: number): Promise<QualityRun> {
  const begun = performance.now();
  const snapshot = readSnapshot(name, 'newest fifth of each user');
  const { known: train, held: test } = newestOfUsers(snapshot);
  const settings = { ...trainingSettings(trainerConfig.parse({})), seed };
  const choice = await chooseBlend(snapshot, { train, test }, settings);
  const model = await trainRanking(snapshot, train, settings, {}, choice);
  const usersMax = settings.evaluationUsersMax;
  const found = (await measureCandidates({ snapshot, holdOut: { train, test }, model, usersMax }))!;
  const { together, bySource, depth, users } = found;
  const shares = Object.entries(bySource).map(([source, share]) => `${source} ${share.toFixed(4)}`);
  return {
    value: together - (bySource.popular ?? 0),
    seconds: (performance.now() - begun) / 1_000,
    configuration: `among the best ${depth}: ${shares.join(', ')}, together ${together.toFixed(4)}; ${users} users, share of weights ${choice.share}, seed ${seed}`,
  };
}

export const candidateRows: readonly QualityRow[] = (['ml-100k', 'ml-1m'] as const).map((name) => ({
  name: `${name}-candidates`,
  measure: 'share of held-out items among the best 100 of all sources, above that of what is popular',
  better: 'higher',
  accept: 0,
  goal: 0.1,
  run: (seed) => measure(name, seed),
}));
