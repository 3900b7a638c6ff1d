import { artifactFiles, optionalArtifactFiles, type Manifest } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import { modelMemoryBytes, weightsIn } from '@reelay/recommender';

/** Files that a worker reads. */
const read = [
  artifactFiles.catalogue,
  artifactFiles.factors,
  artifactFiles.priors,
  artifactFiles.users,
  artifactFiles.biases,
  optionalArtifactFiles.ratings,
  optionalArtifactFiles.itemWeights,
] as const;

/**
 * Looks at the sizes that a manifest names, before a byte is read: files that do not fit the dimensions are `ARTIFACT_CORRUPT`; what takes more than
 * `bytesMax`, files and memory together, is `UNSUPPORTED`.
 */
export function assertSizes(manifest: Manifest, bytesMax: number): void {
  const { version, items, factors, groups, users, files } = manifest;
  const expected: Record<string, number> = {
    [artifactFiles.factors]: items * factors * Float32Array.BYTES_PER_ELEMENT,
    [artifactFiles.priors]: groups * items * Float32Array.BYTES_PER_ELEMENT,
    [artifactFiles.users]: users,
    [artifactFiles.biases]: (items + 1) * Float64Array.BYTES_PER_ELEMENT,
  };
  for (const [file, bytes] of Object.entries(expected)) {
    const stored = files[file]?.bytes;
    if (stored !== undefined && stored !== bytes)
      throw new AppError('ARTIFACT_CORRUPT', `version ${version}: ${file} has ${stored} bytes instead of ${bytes}`);
  }
  const fileBytes = read.reduce((sum, file) => sum + (files[file]?.bytes ?? 0), 0);
  const weights = manifest.itemWeights && weightsIn(items, files[optionalArtifactFiles.itemWeights]?.bytes ?? 0);
  const bytes = fileBytes + modelMemoryBytes({ items, factors, groups, weights });
  if (bytes <= bytesMax) return;
  throw new AppError(
    'UNSUPPORTED',
    `version ${version} takes ${mebi(bytes)} MiB to load; ${mebi(bytesMax)} are allowed`,
  );
}

const mebi = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
