import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  artifactFiles,
  optionalArtifactFiles,
  manifest as manifestSchema,
  type CatalogueEntry,
  type Manifest,
} from '@reelay/shared/contracts';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import {
  assertProbe,
  createModelInSteps,
  viewItemWeights,
  type Model,
  type ModelBuild,
  type RatingEstimator,
} from '@reelay/recommender';
import { assertSizes } from './assert-sizes.ts';
import { indexItems } from './index-items.ts';
import { readFloat32 } from './read-blobs.ts';
import { openRatings } from './open-ratings.ts';
import { readCatalogue } from './read-catalogue.ts';

/** A version that passed its checks and can answer. */
export interface LoadedModel {
  readonly version: string;
  readonly model: Model;
  /** Foretells ratings from a history; absent where nobody had rated. */
  readonly ratings?: RatingEstimator | undefined;
  /** By item index. */
  readonly catalogue: readonly CatalogueEntry[];
  /** Item index of a dictionary integer; undefined for an item that came after the training. */
  indexOf(itemId: number): number | undefined;
  /** Demographic group; 0 where unknown. */
  groupOf(userId: number): number;
}

/**
 * Loads a version and asks it its probe. `ARTIFACT_CORRUPT` when the manifest cannot be read, a size or a number is wrong, a user's group does
 * not exist, or the probe is answered differently; `UNSUPPORTED` when it would take more than `bytesMax`, before anything of it is
 * read; and whatever the store throws.
 */
export async function loadModel(
  version: string,
  artifacts: ArtifactStore,
  { bytesMax = 2 ** 30, kernels }: LoadOptions = {},
): Promise<LoadedModel> {
  const manifest = readManifest(version, await artifacts.manifest(version));
  assertSizes(manifest, bytesMax);
  const blobs = await loadBlobs(manifest, artifacts);
  try {
    return await assemble(manifest, blobs, kernels);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('ARTIFACT_CORRUPT', `version ${version}: ${messageOf(cause)}`, { cause });
  }
}

export interface LoadOptions {
  /** Most bytes of files and memory that a version may take. */
  bytesMax?: number;
  kernels?: ModelBuild;
}

interface Blobs {
  catalogue: Uint8Array;
  factors: Uint8Array;
  priors: Uint8Array;
  users: Uint8Array;
  itemWeights: Uint8Array | undefined;
  biases: Uint8Array;
  ratings: Uint8Array | undefined;
}

function readManifest(version: string, stored: Manifest): Manifest {
  const parsed = manifestSchema.safeParse(stored);
  if (!parsed.success || parsed.data.version !== version) {
    throw new AppError('ARTIFACT_CORRUPT', `manifest of version ${version} cannot be used`, { cause: parsed.error });
  }
  return parsed.data;
}

async function loadBlobs({ version, itemWeights: weighed, files }: Manifest, artifacts: ArtifactStore): Promise<Blobs> {
  const [catalogue, factors, priors, users, biases, itemWeights, ratings] = await Promise.all([
    artifacts.load(version, artifactFiles.catalogue),
    artifacts.load(version, artifactFiles.factors),
    artifacts.load(version, artifactFiles.priors),
    artifacts.load(version, artifactFiles.users),
    artifacts.load(version, artifactFiles.biases),
    weighed && artifacts.load(version, optionalArtifactFiles.itemWeights),
    files[optionalArtifactFiles.ratings] && artifacts.load(version, optionalArtifactFiles.ratings),
  ]);
  return { catalogue, factors, priors, users, biases, itemWeights, ratings };
}

/** In steps of some milliseconds at most, so that jobs are answered in between. */
async function assemble(manifest: Manifest, blobs: Blobs, kernels?: ModelBuild): Promise<LoadedModel> {
  const catalogue = await readCatalogue(blobs.catalogue, manifest.items);
  const groupOfUser = new Uint8Array(blobs.users);
  await nextTurn();
  const indexOf = indexItems(catalogue);
  const model = await createModelInSteps(
    {
      catalogueSize: manifest.items,
      factors: manifest.factors,
      groups: manifest.groups,
      objective: manifest.objective,
      itemFactors: readFloat32(blobs.factors, artifactFiles.factors),
      priors: readFloat32(blobs.priors, artifactFiles.priors),
      groupOfUser,
      blend: blendOf(manifest, blobs),
    },
    { pause: () => nextTurn(), build: kernels },
  );
  const probe = probeOf(manifest, indexOf);
  assertProbe(model, probe);
  const ratings = openRatings(manifest, blobs, probe.history);
  return {
    version: manifest.version,
    model,
    catalogue,
    ratings,
    indexOf,
    groupOf: (userId) => groupOfUser[userId] ?? 0,
  };
}

/** The weights stay the bytes that they came in. */
function blendOf({ itemWeights }: Manifest, blobs: Blobs) {
  if (itemWeights === undefined || blobs.itemWeights === undefined) return undefined;
  return { weights: viewItemWeights(blobs.itemWeights), share: itemWeights.share };
}

/** The manifest names items by dictionary integer, so that the probe also checks the catalogue's order. */
function probeOf({ probe, version }: Manifest, indexOf: LoadedModel['indexOf']) {
  const history = probe.history.map(({ itemId, minutes, rating }) => {
    const index = indexOf(itemId);
    if (index === undefined) throw new AppError('ARTIFACT_CORRUPT', `version ${version}: unknown item in its probe`);
    return { index, minutes, rating };
  });
  return { history, group: probe.group, expected: probe.expected };
}
