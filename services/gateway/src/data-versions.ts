import { within } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';

/** Hash of the data that a model version was trained on, from its manifest. */
export interface DataVersions {
  /** Empty for no version, and for a manifest that cannot be read in time; asked for again then. */
  of(modelVersion: string | null): Promise<string>;
}

const versionsMax = 100;
const readMs = 500;

export function createDataVersions(artifacts: Pick<ArtifactStore, 'manifest'>): DataVersions {
  const known = new Map<string, string>();
  return {
    async of(modelVersion) {
      if (modelVersion === null) return '';
      const found = known.get(modelVersion);
      if (found !== undefined) return found;
      try {
        const { dataVersion } = await within(readMs, 'a manifest', artifacts.manifest(modelVersion));
        if (known.size >= versionsMax) known.clear();
        known.set(modelVersion, dataVersion);
        return dataVersion;
      } catch {
        return '';
      }
    },
  };
}
