import { loadModel, type LoadedModel } from '@reelay/inference-worker';
import { keepLast } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';

const builds = ['relaxed', 'simd', 'plain'] as const;
/** A version takes some hundred megabytes at most. */
const modelsMax = 3;

/** The model of a version, by the kernels that a receipt names where they are here, else by the usual ones. */
export type ModelOf = (version: string, kernelBuild: string) => Promise<LoadedModel>;

/** Keeps some models, for those who replay many answers. */
export function createModels(artifacts: ArtifactStore): ModelOf {
  const kept = keepLast<LoadedModel>(modelsMax);
  return (version, kernelBuild) =>
    kept(`${version} ${kernelBuild}`, () => loadAsBuilt(version, kernelBuild, artifacts));
}

async function loadAsBuilt(version: string, kernelBuild: string, artifacts: ArtifactStore): Promise<LoadedModel> {
  const usual = await loadModel(version, artifacts);
  if (usual.model.kernelBuild === kernelBuild || kernelBuild === '') return usual;
  for (const kernels of builds.slice(1)) {
    const loaded = await loadModel(version, artifacts, { kernels });
    if (loaded.model.kernelBuild === kernelBuild) return loaded;
  }
  return usual;
}
