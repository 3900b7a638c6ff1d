import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Manifest } from '../../contracts/index.ts';
import { errorCode, messageOf, systemClock, type Clock } from '../../runtime/index.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import { clearIncoming, incomingFolder } from './clear-incoming.ts';
import { manifestFile, openFileArtifactStore } from './file-artifact-store.ts';
import { sealManifest } from './seal-manifest.ts';
import { writeDurably } from './write-durably.ts';

export interface CachedStoreOptions {
  /** Of this host; several processes may share it. */
  folder: string;
  /** The store behind. Opened when it is first needed, and again after it could not be. */
  openSource: () => Promise<ArtifactStore>;
  /** Told of a copy that could not be kept, which costs the copy alone. */
  onProblem?: (problem: object) => void;
  /** What a copier left behind is old by it. */
  clock?: Pick<Clock, 'now'>;
}

/** Copies that stay beside those that somebody wants kept: another process may have heard of a newer plan already. */
const othersKept = 2;

/**
 * A store with copies on this host: each file is read from the store once, and from the copy afterwards, also while the store is away. Versions
 * never change, so a copy is never stale; one that is damaged is taken from the store again. A file is written beside and then renamed, so no
 * reader sees half of it, and two processes that copy at once write the same bytes.
 */
class CachedArtifactStore implements ArtifactStore {
  readonly #copies: ArtifactStore;
  readonly #options: CachedStoreOptions;
  #source: Promise<ArtifactStore> | undefined;

  constructor(copies: ArtifactStore, options: CachedStoreOptions) {
    this.#copies = copies;
    this.#options = options;
  }

  async put(manifest: Omit<Manifest, 'files'>, files: Record<string, Uint8Array>): Promise<Manifest> {
    return (await this.#behind()).put(manifest, files);
  }

  async manifest(version: string): Promise<Manifest> {
    const copy = await this.#copies.manifest(version).catch(orNone);
    if (copy) return copy;
    const manifest = await (await this.#behind()).manifest(version);
    await this.#keepCopy(version, manifestFile, sealManifest(manifest));
    return manifest;
  }

  async load(version: string, file: string): Promise<Uint8Array> {
    const copy = await this.#copies.load(version, file).catch(orNone);
    if (copy) return copy;
    const bytes = await (await this.#behind()).load(version, file);
    await this.manifest(version); // without it nobody could check the copy
    await this.#keepCopy(version, file, bytes);
    return bytes;
  }

  async keep(versions: readonly string[]): Promise<void> {
    const others = (await this.#newestFirst()).filter((version) => !versions.includes(version));
    for (const version of others.slice(othersKept)) {
      await rm(join(this.#options.folder, version), { recursive: true, force: true }).catch(this.#tell({ version }));
    }
  }

  async close(): Promise<void> {
    const source = await this.#source?.catch(() => undefined);
    await source?.close();
  }

  #behind(): Promise<ArtifactStore> {
    this.#source ??= this.#options.openSource().catch((error: unknown) => {
      this.#source = undefined;
      throw error;
    });
    return this.#source;
  }

  async #keepCopy(version: string, file: string, content: Uint8Array | string): Promise<void> {
    const { folder } = this.#options;
    const incoming = join(folder, incomingFolder, randomUUID());
    try {
      await mkdir(join(folder, incomingFolder), { recursive: true });
      await mkdir(join(folder, version), { recursive: true });
      await writeDurably(incoming, content, 'wx');
      await rename(incoming, join(folder, version, file));
    } catch (error) {
      this.#tell({ version, file })(error);
      await rm(incoming, { force: true }).catch(() => {});
    }
  }

  async #newestFirst(): Promise<string[]> {
    const { folder } = this.#options;
    const names = await readdir(folder).catch(() => []);
    const aged = await Promise.all(
      names
        .filter((name) => !name.startsWith('.'))
        .map(async (name) => ({ name, at: await changedAt(join(folder, name)) })),
    );
    return aged.toSorted((one, other) => other.at - one.at).map(({ name }) => name);
  }

  #tell =
    (about: object) =>
    (error: unknown): void =>
      this.#options.onProblem?.({ ...about, error: messageOf(error) });
}

/** Copies of `folder`, which is made, in front of a store that need not be there now. */
export async function openCachedArtifactStore(options: CachedStoreOptions): Promise<ArtifactStore> {
  const folder = resolve(options.folder);
  const copies = await openFileArtifactStore(`file:${folder}`);
  await clearIncoming(folder, options.clock ?? systemClock);
  return new CachedArtifactStore(copies, { ...options, folder });
}

/** Whatever is wrong with a copy, the store behind has the answer; a name that is none has no answer there either. */
function orNone(error: unknown): undefined {
  if (errorCode(error) === 'REQUEST_INVALID') throw error;
  return undefined;
}

/** A version that somebody takes away just now is the oldest. */
const changedAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
