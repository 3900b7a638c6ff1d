import type { ArtifactStore } from '@reelay/shared/storage';
import { loadModel, type LoadedModel, type LoadOptions } from './load-model.ts';

/**
 * Loads a version and then reads every file of it that the model needed not: one damaged file and the version is not served at all, although
 * only gateways or people would have met it. With copies on this host, it is complete here from now on.
 */
export async function loadWholeVersion(
  version: string,
  artifacts: ArtifactStore,
  options: LoadOptions,
): Promise<LoadedModel> {
  const read = new Set<string>();
  const noting: Pick<ArtifactStore, 'manifest' | 'load'> = {
    manifest: (name) => artifacts.manifest(name),
    load: (name, file) => (read.add(file), artifacts.load(name, file)),
  };
  const loaded = await loadModel(version, { ...noting, put: artifacts.put, close: artifacts.close }, options);
  const { files } = await artifacts.manifest(version);
  for (const file of Object.keys(files)) if (!read.has(file)) await artifacts.load(version, file);
  return loaded;
}
