import type { Manifest } from '../contracts/index.ts';

/**
 * Immutable model versions. `put` makes a version visible as a whole or not at all; the same version twice is
 * `VERSION_EXISTS`. `load` checks length and SHA-256 against the manifest: `ARTIFACT_CORRUPT` when they differ,
 * `ARTIFACT_NOT_FOUND` when there is nothing. Nothing mutable lives here.
 */
export interface ArtifactStore {
  /** `manifest.files` is filled in from `files`; the returned manifest is the one stored. */
  put(manifest: Omit<Manifest, 'files'>, files: Record<string, Uint8Array>): Promise<Manifest>;
  manifest(version: string): Promise<Manifest>;
  load(version: string, file: string): Promise<Uint8Array>;
  /** Versions that will be asked for again. A cache may let go of others; a store without this keeps all. */
  keep?(versions: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
