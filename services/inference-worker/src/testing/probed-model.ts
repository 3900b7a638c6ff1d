import { optionalArtifactFiles, type Manifest } from '@reelay/shared/contracts';
import {
  tinyFirstItemId,
  tinyModel,
  tinyObjective,
  type TinyModel,
  type TinyModelOptions,
} from '@reelay/shared/testing';
import { createModel, packItemWeights, viewItemWeights, type ModelArrays, type Objective } from '@reelay/recommender';

/** A tiny model in the form that the recommender takes. */
export const arraysOf = ({ manifest, factors, priors, files }: TinyModel): ModelArrays & { objective: Objective } => {
  const weights = files[optionalArtifactFiles.itemWeights];
  return {
    catalogueSize: manifest.items,
    factors: manifest.factors,
    groups: manifest.groups,
    itemFactors: factors,
    priors,
    objective: tinyObjective,
    blend: manifest.itemWeights && weights && { ...manifest.itemWeights, weights: viewItemWeights(weights) },
  };
};

/** A tiny model whose probe has a history, so that its factors and the order of its catalogue are checked, too. */
export function probedModel(options: TinyModelOptions): TinyModel {
  const plain = tinyModel(options);
  return tinyModel({ ...options, probe: probeOf(plain) });
}

/** The same with item weights: each item leads to the next five. */
export function weighedModel(options: TinyModelOptions): TinyModel {
  const plain = tinyModel(options);
  plain.manifest.itemWeights = { share: 0.4 };
  plain.files[optionalArtifactFiles.itemWeights] = packItemWeights(nextItems(plain.manifest.items));
  plain.manifest.probe = probeOf(plain);
  return plain;
}

function nextItems(items: number) {
  const places = Array.from({ length: 5 * items }, (_, at) => at);
  return {
    items,
    start: Int32Array.from({ length: items + 1 }, (_, item) => 5 * item),
    target: Int32Array.from(places, (at) => (Math.floor(at / 5) + (at % 5) + 1) % items),
    weight: Float32Array.from(places, (at) => 1 / ((at % 5) + 2)),
  };
}

function probeOf(model: TinyModel): Manifest['probe'] {
  const question = { history: [3, 17].map((index) => ({ index, minutes: 90, rating: 4 })), group: 1 };
  const expected = createModel(arraysOf(model)).recommend({ ...question, seen: [], count: 10 });
  const history = question.history.map(({ index, ...rest }) => ({ itemId: tinyFirstItemId + index, ...rest }));
  return { history, group: question.group, expected: expected.map(({ index, score }) => ({ index, score })) };
}
