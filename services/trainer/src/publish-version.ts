import type { Manifest } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import type { ArtifactStore, ReleaseLedger } from '@reelay/shared/storage';
import type { Artifact } from './build-artifact.ts';

export interface PublishDeps {
  ledger: ReleaseLedger;
  artifacts: ArtifactStore;
  clock: Clock;
}

/**
 * Makes the artifact a candidate. The row comes last: a crash before it leaves a used-up number and perhaps files that nobody names, but
 * nothing that anybody could release.
 */
export async function publishVersion({ ledger, artifacts, clock }: PublishDeps, artifact: Artifact): Promise<Manifest> {
  const number = await ledger.nextVersionNumber();
  const version = `${number}-${artifact.contentHash.slice(0, 6)}`;
  const createdAt = clock.now();
  const unfinished = { ...artifact.manifest, version, createdAt: new Date(createdAt).toISOString() };
  const manifest = await artifacts.put(unfinished, artifact.files);
  await ledger.addVersion({
    number,
    id: version,
    state: 'candidate',
    reason: '',
    manifest: JSON.stringify(manifest),
    createdAt,
  });
  return manifest;
}
