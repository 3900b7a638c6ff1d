import { createHash } from 'node:crypto';
import { createModel, packServedRatings, topK, type HistoryItem } from '@reelay/recommender';
import {
  artifactFiles,
  optionalArtifactFiles,
  type FallbackLists,
  type GoldenProbe,
  type LiveComparison,
  type Manifest,
  type ModelMetrics,
} from '@reelay/shared/contracts';
import type { GroupFigure } from './group-figures.ts';
import { modelCard } from './model-card.ts';
import type { BlendChoice } from './ranking/choose-blend.ts';
import { ratingEstimator } from './rating/rating-estimator.ts';
import type { TrainingSettings } from './settings.ts';
import type { QualityReport } from './quality/quality-report.ts';
import { bytesOfParts } from './snapshot/snapshot-description.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import type { TrainedModel } from './train-model.ts';

/** A version without its name: the number is given when it is published. */
export interface Artifact {
  readonly files: Record<string, Uint8Array>;
  /** SHA-256 over the files that answers come from, 64 hex digits: the same data and settings give the same. */
  readonly contentHash: string;
  readonly manifest: Omit<Manifest, 'version' | 'files' | 'createdAt'>;
}

export interface ArtifactParts {
  readonly snapshot: Snapshot;
  /** Trained on all rows. */
  readonly model: TrainedModel;
  /** What item weights were tried. */
  readonly choice: BlendChoice;
  /** Of the twin that was trained without the held-out rows. */
  readonly metrics: ModelMetrics;
  readonly settings: TrainingSettings;
  readonly parent: string | null;
  readonly gitCommit: string;
  readonly quality: QualityReport;
  readonly costs: TrainingCosts;
  readonly groups: readonly GroupFigure[];
  /** Beside the model that is live. */
  readonly comparison?: LiveComparison;
}

/** What a version cost. Not part of its name: the same model takes other seconds each time. */
export interface TrainingCosts {
  /** From the snapshot to the last sweep. */
  readonly seconds: number;
  /** Estimated, from above. */
  readonly memoryBytes: number;
}

const modelCardFile = 'model-card.md';
const fallbackLength = 100;

/** Packs a trained model into the files of a version and the manifest that describes them. */
export function buildArtifact(parts: ArtifactParts): Artifact {
  const { snapshot, model, metrics } = parts;
  const files = {
    [artifactFiles.catalogue]: text(JSON.stringify(snapshot.catalogue)),
    [artifactFiles.factors]: bytesOf(model.itemFactors),
    [artifactFiles.priors]: bytesOf(model.priors),
    [artifactFiles.users]: snapshot.groupOfUserId,
    [artifactFiles.fallback]: text(JSON.stringify(fallbackListsOf(snapshot, model))),
    [artifactFiles.biases]: bytesOf(model.biases),
    ...(model.ratings && { [optionalArtifactFiles.ratings]: bytesOf(packServedRatings(model.ratings)) }),
    ...(model.blend && { [optionalArtifactFiles.itemWeights]: model.blend.bytes }),
  };
  const bytes = Object.values(files).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const manifest: Artifact['manifest'] = {
    format: 1,
    parent: parts.parent,
    dataVersion: snapshot.dataVersion,
    gitCommit: parts.gitCommit,
    seed: parts.settings.seed,
    items: snapshot.catalogue.length,
    factors: model.factors,
    groups: model.groups,
    users: snapshot.groupOfUserId.length,
    objective: model.objective,
    ...(model.blend && { itemWeights: { share: model.blend.share } }),
    parameters: parametersOf(parts),
    metrics,
    ...(parts.comparison ? { comparison: parts.comparison } : {}),
    probe: probeOf(snapshot, model),
  };
  // The card tells seconds and the hour of the checks, so it is not one of the files that the version is named after.
  const card = text(modelCard(parts, bytes));
  return { files: { ...files, [modelCardFile]: card }, contentHash: contentHashOf(files), manifest };
}

/** Over names and contents, in the order of the names. */
function contentHashOf(files: Record<string, Uint8Array>): string {
  const whole = createHash('sha256');
  for (const name of Object.keys(files).sort()) {
    whole.update(`${name} ${createHash('sha256').update(files[name]).digest('hex')}\n`);
  }
  return whole.digest('hex');
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Memory as it is: hosts that Node runs on are little-endian, as the format asks. */
const bytesOf = (numbers: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

const weightsParameters = ({ itemWeights }: TrainingSettings): Manifest['parameters'] => ({
  itemWeightsItems: itemWeights.itemsMax,
  itemWeightsKept: itemWeights.weightsKept,
  itemWeightsRidge: itemWeights.ridge,
  itemWeightsDropout: itemWeights.dropout,
  itemWeightsDamping: itemWeights.userDamping,
});

function parametersOf({ choice, settings, snapshot, model, quality, costs }: ArtifactParts): Manifest['parameters'] {
  return {
    engine: 'local',
    sweeps: settings.sweeps,
    regularisation: settings.regularisation,
    groupShrinkage: settings.groupShrinkage,
    newItems: choice.placesNewItems ? 'placed by genres and decade' : 'as learned',
    ...(model.blend && weightsParameters(settings)),
    evaluationUsersMax: settings.evaluationUsersMax,
    trainedUsers: snapshot.rows.userIds.length,
    trainedInteractions: snapshot.rows.item.length,
    dataQuality: quality.outcome,
    snapshotBytes: bytesOfParts(snapshot.description),
    trainingSeconds: costs.seconds,
    memoryBytesEstimated: costs.memoryBytes,
  };
}

function fallbackListsOf({ catalogue }: Snapshot, model: TrainedModel): FallbackLists {
  const groups = Array.from({ length: model.groups }, (_, group) => bestOf(model, group, fallbackLength));
  const ids = groups.map((list) => list.map((index) => catalogue[index].id));
  return { all: ids[0], groups: ids };
}

const bestOf = ({ priors, catalogueSize }: TrainedModel, group: number, count: number): number[] =>
  topK(priors.subarray(group * catalogueSize, (group + 1) * catalogueSize), count).map(({ index }) => index);

/**
 * Asks for somebody who watched the most popular items, rated one, and belongs to the last group: every file with numbers takes part,
 * and nobody's own history is put on show.
 */
function probeOf({ catalogue }: Snapshot, model: TrainedModel): GoldenProbe {
  const popular = bestOf(model, 0, 5);
  const group = model.groups - 1;
  const history = popular.map((index, at) => ({ index, ...evidence(at) }));
  const expected = createModel(model).recommend({ history, seen: [], group, count: 10 });
  return {
    history: popular.map((index, at) => ({ itemId: catalogue[index].itemId, ...evidence(at) })),
    group,
    expected: expected.map(({ index, score }) => ({ index, score })),
    ...(model.ratings && {
      ratings: foretold(
        model,
        history,
        expected.map(({ index }) => index),
      ),
    }),
  };
}

const foretold = (model: TrainedModel, history: readonly HistoryItem[], indexes: number[]): GoldenProbe['ratings'] =>
  Array.from(ratingEstimator(model).estimate(history, indexes), (rating, at) => ({ index: indexes[at], rating }));

const evidence = (at: number) => ({ minutes: 30 + 20 * at, rating: at === 0 ? 5 : 0 });
