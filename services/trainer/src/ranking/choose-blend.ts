import { createModel, isBetter, meanOf, ndcgAt } from '@reelay/recommender';
import { historyOf, listFor, listLength, triedUsers, type TriedUser } from '../evaluate-model.ts';
import { letOthersRun } from '../let-others-run.ts';
import type { TrainingSettings } from '../settings.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { splitHoldOut, type HoldOut } from '../split-hold-out.ts';
import type { TrainingControl } from '../training-control.ts';
import { sampleUsers } from './sample-users.ts';
import { placeNewItems } from './place-new-items.ts';
import { factorsAlone, groupOfPlace, trainRanking, type RankingChoice, type TrainedRanking } from './train-ranking.ts';

/** A share of the item weights and the NDCG@10 that it gave on validation users. */
export interface BlendTrial {
  readonly share: number;
  readonly ndcg: number;
}

export interface BlendChoice extends RankingChoice {
  /** Empty where nothing was tried. */
  readonly trials: readonly BlendTrial[];
}

/** Trials learn from so many users at most, and ask for so many: at least as many as tell a difference from chance. */
const [sampleUsersMax, triedUsersMax, triedUsersMin] = [20_000, 1_000, 200];
/** Trials learn weights between so many items at most: their seconds grow with the third power, and what counts how much shows as well. */
const trialItemsMax = 4_000;
/** What new items may cost users who mostly watch known ones. */
const newItemsCost = 0.99;
const untried: BlendChoice = { ...factorsAlone, trials: [] };
const shares = [0.15, 0.3, 0.45, 0.6, 0.8, 1];

/**
 * Chooses how much item weights count, on the newest fifth of the training rows of a sample of users: the share of the best mean NDCG@10, and 0 unless it is
 * above the factors alone by more than the standard error of the difference. New items are placed by what they are where that costs these users, who mostly watch known
 * ones, less than a hundredth. The held-out rows are never looked at.
 */
export async function chooseBlend(
  snapshot: Snapshot,
  holdOut: HoldOut,
  settings: TrainingSettings,
  control: TrainingControl = {},
): Promise<BlendChoice> {
  const { share, itemsMax } = settings.itemWeights;
  if (itemsMax === 0) return untried;
  if (share !== 'chosen') return { ...untried, share };
  const sample = sampleUsers(snapshot, holdOut.train, sampleUsersMax);
  const inner = await splitHoldOut(sample, control.signal);
  const tried = triedUsers(sample, inner, triedUsersMax);
  if (tried.length < triedUsersMin) return untried;
  const cheaper = {
    ...settings,
    itemWeights: { ...settings.itemWeights, itemsMax: Math.min(itemsMax, trialItemsMax) },
  };
  const { blend, ...factors } = await trainRanking(sample, inner.train, cheaper, control, {
    ...factorsAlone,
    share: 1,
  });
  if (blend === undefined) return untried;
  const without = await figuresOf(factors, sample, tried, control.signal);
  const trials = [{ share: 0, figures: without }];
  for (const share of shares) {
    const figures = await figuresOf({ ...factors, blend: { ...blend, share } }, sample, tried, control.signal);
    trials.push({ share, figures });
  }
  const best = trials.reduce((best, trial) => (meanOf(trial.figures) > meanOf(best.figures) ? trial : best));
  const served = isBetter(best.figures, without) ? best : trials[0];
  const itemFactors = placeNewItems(factors.itemFactors, sample, inner.train);
  const placed = { ...factors, itemFactors, ...(served.share > 0 && { blend: { ...blend, share: served.share } }) };
  const withNewItems = await figuresOf(placed, sample, tried, control.signal);
  return {
    share: served.share,
    placesNewItems: meanOf(withNewItems) >= newItemsCost * meanOf(served.figures),
    trials: trials.map(({ share, figures }) => ({ share, ndcg: meanOf(figures) })),
  };
}

/** NDCG@10 of each user by the scorer that is served. */
async function figuresOf(
  model: TrainedRanking,
  snapshot: Snapshot,
  tried: readonly TriedUser[],
  signal?: AbortSignal,
): Promise<number[]> {
  const scorer = createModel(model);
  const groups = groupOfPlace(snapshot);
  const figures: number[] = [];
  for (const user of tried) {
    const { relevant, seen, history } = historyOf(snapshot, user);
    figures.push(ndcgAt(listFor(scorer, history, seen, groups[user.place]), relevant, listLength));
    if (figures.length % 50 === 0) await letOthersRun(signal);
  }
  return figures;
}
