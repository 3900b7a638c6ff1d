import { foldInMax, type Answer, type UserHistory } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { LoadedModel } from './load-model.ts';
import type { LikenessOf } from './open-likeness.ts';
import type { ScorableJob } from './score-jobs.ts';

/** What is said to an enquiry; `likenessOf` is asked only where it needs it. */
export async function answerEnquiry({ job, loaded, history }: ScorableJob, likenessOf: LikenessOf): Promise<Answer> {
  const { requestId, userId, modelVersion, enquiry } = job;
  if (enquiry === undefined) throw new AppError('MESSAGE_INVALID', 'the job asks for a list');
  const madeFrom = { items: history.entries.length, version: history.version };
  const head = { requestId, userId, modelVersion, history: madeFrom, items: [] };
  if (enquiry.kind === 'vector') return { ...head, told: vectorOf(loaded, history) };
  const index = loaded.catalogue.findIndex(({ id }) => id === enquiry.itemId);
  if (index === -1) return { ...head, told: { kind: 'unknown-item' } };
  if (enquiry.kind === 'estimate') return { ...head, told: estimateOf(loaded, history, index) };
  const { by, items } = (await likenessOf(modelVersion)).similar(index, enquiry.count);
  return {
    ...head,
    items: items.map((item) => ({ id: loaded.catalogue[item.index].id, score: item.score })),
    told: { kind: 'similar', by },
  };
}

/** Of the newest items that the model knows, as for a list. */
function vectorOf(loaded: LoadedModel, history: UserHistory): Answer['told'] {
  const folded = knownOf(loaded, history).slice(0, foldInMax);
  return { kind: 'vector', vector: [...loaded.model.vectorOf(folded)] };
}

function estimateOf(loaded: LoadedModel, history: UserHistory, index: number): Answer['told'] {
  if (loaded.ratings === undefined) return { kind: 'no-ratings' };
  const [rating] = loaded.ratings.estimate(knownOf(loaded, history), [index]);
  return { kind: 'estimate', rating };
}

const knownOf = ({ indexOf }: LoadedModel, { entries }: UserHistory) =>
  entries.flatMap(({ itemId, minutes, rating }) => {
    const index = indexOf(itemId);
    return index === undefined ? [] : [{ index, minutes, rating }];
  });
