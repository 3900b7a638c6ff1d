import type { Manifest } from '@reelay/shared/contracts';
import {
  tinyFirstItemId,
  tinyModel,
  tinyObjective,
  type TinyModel,
  type TinyModelOptions,
} from '@reelay/shared/testing';
import { createModel, type ModelArrays, type Objective } from '@reelay/recommender';

/** A tiny model in the form that the recommender takes. */
export const arraysOf = ({ manifest, factors, priors }: TinyModel): ModelArrays & { objective: Objective } => ({
  catalogueSize: manifest.items,
  factors: manifest.factors,
  groups: manifest.groups,
  itemFactors: factors,
  priors,
  objective: tinyObjective,
});

/** A tiny model whose probe has a history, so that its factors and the order of its catalogue are checked, too. */
export function probedModel(options: TinyModelOptions): TinyModel {
  const plain = tinyModel(options);
  const question = { history: [3, 17].map((index) => ({ index, minutes: 90, rating: 4 })), group: 1 };
  const expected = createModel(arraysOf(plain)).recommend({ ...question, seen: [], count: 10 });
  const history = question.history.map(({ index, ...rest }) => ({ itemId: tinyFirstItemId + index, ...rest }));
  const probe: Manifest['probe'] = { history, group: question.group, expected: [...expected] };
  return tinyModel({ ...options, probe });
}
