import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@reelay/shared/contracts';
import type { ArtifactStore } from '@reelay/shared/storage';
import { changed } from '../../plant-fault.ts';

/** A planted fault: a store that gives whatever stands there, without looking at a checksum. */
export const withoutChecksums = (store: ArtifactStore, root: string): ArtifactStore =>
  changed(store, {
    manifest: async (version) => JSON.parse(await readFile(join(root, version, 'manifest.json'), 'utf8')) as Manifest,
    load: async (version, file) => new Uint8Array(await readFile(join(root, version, file))),
  });
