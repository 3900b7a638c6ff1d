import { artifactFiles, type Manifest } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';

/**
 * The manifest of a version whose every file is there and whole; a plan must never name what workers cannot load. Throws what the store
 * throws (`ARTIFACT_NOT_FOUND`, `ARTIFACT_CORRUPT`), and `ARTIFACT_CORRUPT` for a manifest of another version or without a file.
 */
export async function verifyArtifact(artifacts: ArtifactStore, version: string): Promise<Manifest> {
  const manifest = await artifacts.manifest(version);
  if (manifest.version !== version) {
    throw new AppError('ARTIFACT_CORRUPT', `the manifest of ${version} is that of ${manifest.version}`);
  }
  const missing = Object.values(artifactFiles).filter((file) => !(file in manifest.files));
  if (missing.length > 0) throw new AppError('ARTIFACT_CORRUPT', `${version} has no ${missing.join(', ')}`);
  for (const file of Object.keys(manifest.files)) await artifacts.load(version, file);
  return manifest;
}
