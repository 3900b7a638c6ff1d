import type { Ledger, ArtifactStore } from '@reelay/shared/storage';

/** Offers the model of `version` once more, under the next number: it passes the gate as that one would have without a live model. */
export async function offerCopy(
  ledger: Ledger,
  artifacts: ArtifactStore,
  version: string,
  beforeOffer: (id: string) => Promise<void> = async () => {},
): Promise<string> {
  const { files: stored, comparison: _, ...manifest } = await artifacts.manifest(version);
  const files: Record<string, Uint8Array> = {};
  for (const file of Object.keys(stored)) files[file] = await artifacts.load(version, file);
  const number = await ledger.nextVersionNumber();
  const id = `${number}-c0ffee`;
  const copy = await artifacts.put({ ...manifest, version: id, parent: version }, files);
  await beforeOffer(id);
  const row = { number, id, reason: '', manifest: JSON.stringify(copy), createdAt: Date.now() };
  await ledger.addVersion({ ...row, state: 'candidate' });
  return id;
}
