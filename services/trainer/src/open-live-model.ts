import { artifactFiles, optionalArtifactFiles, type CatalogueEntry } from '@reelay/shared/contracts';
import { AppError, errorCode } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { moveItemWeights } from './ranking/move-item-weights.ts';
import { moveRatings } from './rating/move-ratings.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import type { SnapshotStore } from './snapshot/snapshot-store.ts';
import type { TrainedModel } from './train-model.ts';

/** The model that is served now, its arrays in the order of a newer catalogue; items that it does not know are 0. */
export interface LiveModel {
  readonly version: string;
  readonly model: TrainedModel;
  /** Seconds since 1970 of the newest event that it learned from. */
  readonly newestTime: number;
}

export interface LiveStores {
  artifacts: ArtifactStore;
  snapshots: SnapshotStore;
}

/**
 * Undefined where it cannot be laid beside a new one: there is none, it is damaged (a new one is then wanted all the more), or its data is not
 * known any more, so nothing says what it has seen.
 */
export async function openLiveModel(
  stores: LiveStores,
  version: string | null,
  snapshot: Snapshot,
): Promise<LiveModel | undefined> {
  if (version === null) return undefined;
  try {
    return await open(stores, version, snapshot);
  } catch (error) {
    if (['ARTIFACT_CORRUPT', 'ARTIFACT_NOT_FOUND', 'DATA_INVALID'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function open(
  { artifacts, snapshots }: LiveStores,
  version: string,
  { catalogue }: Snapshot,
): Promise<LiveModel | undefined> {
  const { dataVersion, factors, groups, objective, itemWeights, files } = await artifacts.manifest(version);
  const known = await snapshots.find(dataVersion);
  if (known === undefined) return undefined;
  const file = (name: string) => artifacts.load(version, name);
  const old = JSON.parse(new TextDecoder().decode(await file(artifactFiles.catalogue))) as CatalogueEntry[];
  const placeOf = new Map(catalogue.map(({ itemId }, place) => [itemId, place]));
  const places = old.map(({ itemId }) => placeOf.get(itemId) ?? missing(version, itemId));
  const items = catalogue.length;
  const itemFactors = new Float32Array(items * factors);
  const priors = new Float32Array(items * groups);
  const biases = new Float64Array(items + 1);
  const stored = {
    factors: new Float32Array(memoryOf(await file(artifactFiles.factors))),
    priors: new Float32Array(memoryOf(await file(artifactFiles.priors))),
    biases: new Float64Array(memoryOf(await file(artifactFiles.biases))),
  };
  biases[0] = stored.biases[0];
  for (const [at, place] of places.entries()) {
    itemFactors.set(stored.factors.subarray(at * factors, (at + 1) * factors), place * factors);
    for (let group = 0; group < groups; group += 1)
      priors[group * items + place] = stored.priors[group * old.length + at];
    biases[place + 1] = stored.biases[at + 1];
  }
  const blend = itemWeights && {
    ...moveItemWeights(await file(optionalArtifactFiles.itemWeights), places, items),
    share: itemWeights.share,
  };
  const stands = files[optionalArtifactFiles.ratings] && (await file(optionalArtifactFiles.ratings));
  const ratings = stands && moveRatings(new Float32Array(memoryOf(stands)), places, items);
  const model = { catalogueSize: items, factors, groups, itemFactors, priors, biases, objective, blend, ratings };
  return { version, model, newestTime: known.summary.newestTime };
}

const memoryOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

function missing(version: string, itemId: number): never {
  throw new AppError('DATA_INVALID', `item ${itemId} of version ${version} is not in the dictionary any more`);
}
