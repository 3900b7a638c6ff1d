import { createFactorLikeness, similarByPackedWeights, viewItemWeights, type ScoredItem } from '@reelay/recommender';
import { artifactFiles, optionalArtifactFiles, type likenesses } from '@reelay/shared/contracts';
import { keepLast } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { readFloat32 } from './read-blobs.ts';

/** How alike items are: the files of a version in the form that lists do not need. */
export interface Likeness {
  /** The items most like one, by item index. */
  similar(index: number, count: number): { by: (typeof likenesses)[number]; items: ScoredItem[] };
}

export type LikenessOf = (version: string) => Promise<Likeness>;

/** Stable, canary. A version takes twice the bytes of its factors, and those of its item weights. */
const versionsMax = 2;

/** Read when the first enquiry of a version comes: most workers never get one. */
export function createLikenesses(artifacts: Pick<ArtifactStore, 'manifest' | 'load'>): LikenessOf {
  const kept = keepLast<Likeness>(versionsMax);
  return (version) => kept(version, () => openLikeness(version, artifacts));
}

async function openLikeness(version: string, artifacts: Pick<ArtifactStore, 'manifest' | 'load'>): Promise<Likeness> {
  const { factors, files } = await artifacts.manifest(version);
  const [factorBytes, weightBytes] = await Promise.all([
    artifacts.load(version, artifactFiles.factors),
    files[optionalArtifactFiles.itemWeights] && artifacts.load(version, optionalArtifactFiles.itemWeights),
  ]);
  const itemFactors = readFloat32(factorBytes, artifactFiles.factors);
  const byFactors = createFactorLikeness({ itemFactors, factors });
  const weights = weightBytes && viewItemWeights(weightBytes);
  return {
    // Items outside of those that have weights have none.
    similar(index, count) {
      const raised = weights ? similarByPackedWeights(weights, index, count) : [];
      return raised.length > 0
        ? { by: 'item-weights', items: raised }
        : { by: 'factors', items: byFactors(index, count) };
    },
  };
}
