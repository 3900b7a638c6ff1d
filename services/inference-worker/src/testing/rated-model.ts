import { artifactFiles, optionalArtifactFiles } from '@reelay/shared/contracts';
import type { TinyModel, TinyModelOptions } from '@reelay/shared/testing';
import { createRatingEstimator, packServedRatings, type ServedRatings } from '@reelay/recommender';
import { probedModel } from './probed-model.ts';

const numbers = 4;

/** A tiny model with biases around 3 and a rating model of drawn vectors; its probe asks for ratings, too. */
export function ratedModel(options: TinyModelOptions): TinyModel {
  const model = probedModel(options);
  const { items } = model.manifest;
  const wave = (at: number, height: number): number => height * Math.sin(1.7 * at + 0.3);
  const biases = Float64Array.from({ length: items + 1 }, (_, at) => (at === 0 ? 3 : wave(at, 0.5)));
  const ratings: ServedRatings = {
    items,
    numbers,
    mean: 3,
    factorShare: 0.8,
    alpha: 1.5,
    scale: { min: 1, max: 5 },
    ownPrior: { mean: Float64Array.of(0.1, 0, 0.05, 0), precision: Float64Array.of(4, 2, 2, 3) },
    itemVectors: Float32Array.from({ length: items * numbers }, (_, at) => wave(at, 0.6)),
    ratedVectors: Float32Array.from({ length: items * numbers }, (_, at) => wave(at + 5, 0.2)),
    itemTrust: Float32Array.from({ length: items }, (_, at) => 1 + wave(at, 0.3)),
  };
  const packed = packServedRatings(ratings);
  model.files[artifactFiles.biases] = new Uint8Array(biases.buffer);
  model.files[optionalArtifactFiles.ratings] = new Uint8Array(packed.buffer);
  const asked = model.manifest.probe.expected.map(({ index }) => index);
  const foretold = createRatingEstimator(biases, ratings).estimate(probeHistory, asked);
  model.manifest.probe.ratings = asked.map((index, at) => ({ index, rating: foretold[at] }));
  return model;
}

/** That of `probedModel`. */
const probeHistory = [3, 17].map((index) => ({ index, rating: 4 }));
