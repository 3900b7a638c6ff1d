import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { manifest as manifestSchema, type Blob, type Manifest } from '../../contracts/index.ts';
import { AppError, messageOf, systemClock, type Clock } from '../../runtime/index.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import { clearIncoming, incomingFolder } from './clear-incoming.ts';
import { openManifest, sealManifest, sha256 } from './seal-manifest.ts';
import { writeDurably } from './write-durably.ts';

export const manifestFile = 'manifest.json';

/** What a writer left behind is old by this clock. */
type FileStoreClock = Pick<Clock, 'now'>;

/**
 * A folder a version: `manifest.json` and the blobs. A version is written to `.incoming/`, made durable file by file, and then
 * moved into place by one rename; what a crash leaves behind in `.incoming/` no reader ever looks at.
 */
class FileArtifactStore implements ArtifactStore {
  readonly #root: string;
  readonly #clock: FileStoreClock;

  constructor(root: string, clock: FileStoreClock) {
    this.#root = root;
    this.#clock = clock;
  }

  async put(draft: Omit<Manifest, 'files'>, files: Record<string, Uint8Array>): Promise<Manifest> {
    const target = this.#folder(draft.version);
    Object.keys(files).forEach(checkFileName);
    const manifest = completed(draft, files);
    const incoming = join(this.#root, incomingFolder, randomUUID());
    try {
      await clearIncoming(this.#root, this.#clock);
      await mkdir(incoming, { recursive: true });
      for (const [name, bytes] of Object.entries(files)) await writeDurably(join(incoming, name), bytes, 'wx');
      await writeDurably(join(incoming, manifestFile), sealManifest(manifest), 'wx');
      await syncFolder(incoming);
      await rename(incoming, target);
      await syncFolder(this.#root);
    } catch (error) {
      throw putFailure(draft.version, error);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
    return manifest;
  }

  async manifest(version: string): Promise<Manifest> {
    const folder = this.#folder(version);
    const stored = manifestSchema.safeParse(parseJson(await read(join(folder, manifestFile), version), version));
    if (stored.success && stored.data.version === version) return stored.data;
    throw new AppError('ARTIFACT_CORRUPT', `the manifest of version ${version} is damaged`, { cause: stored.error });
  }

  async load(version: string, file: string): Promise<Uint8Array> {
    checkFileName(file);
    const { files } = await this.manifest(version);
    if (!Object.hasOwn(files, file)) throw notFound(`${version}/${file}`);
    const bytes = await read(join(this.#folder(version), file), version);
    if (bytes.length !== files[file].bytes || sha256(bytes) !== files[file].sha256) {
      throw new AppError('ARTIFACT_CORRUPT', `${version}/${file} differs from its manifest`);
    }
    return bytes;
  }

  async close(): Promise<void> {}

  #folder(version: string): string {
    checkName(version, 'version');
    return join(this.#root, version);
  }
}

/** `file:<folder>`; the folder is made. */
export async function openFileArtifactStore(url: string, clock: FileStoreClock = systemClock): Promise<ArtifactStore> {
  const folder = url.slice('file:'.length);
  if (folder === '') throw new AppError('CONFIG_INVALID', 'file: needs a folder, as in file:.reelay/artifacts');
  const root = resolve(folder);
  try {
    await mkdir(root, { recursive: true });
  } catch (error) {
    throw storeDown(error);
  }
  return new FileArtifactStore(root, clock);
}

/** Letters, digits, `.`, `_`, `-`; a letter or digit first: no name leads out of its folder, none hides. */
function checkName(name: string, what: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return;
  throw new AppError('REQUEST_INVALID', `${JSON.stringify(name.slice(0, 100))} is no name of a ${what}`);
}

function checkFileName(name: string): void {
  checkName(name, 'file');
  if (name === manifestFile) throw new AppError('REQUEST_INVALID', `${manifestFile} is written by the store`);
}

function completed(draft: Omit<Manifest, 'files'>, files: Record<string, Uint8Array>): Manifest {
  const blobs = Object.entries(files).map(([name, bytes]): [string, Blob] => [
    name,
    { sha256: sha256(bytes), bytes: bytes.length },
  ]);
  const whole = manifestSchema.safeParse({ ...draft, files: Object.fromEntries(blobs) });
  if (whole.success) return whole.data;
  throw new AppError('DATA_INVALID', `the manifest of version ${draft.version} is not one`, { cause: whole.error });
}

/** A rename is durable once the folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function read(path: string, version: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw notFound(version, error);
    throw storeDown(error);
  }
}

function parseJson(bytes: Uint8Array, version: string): unknown {
  try {
    return openManifest(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new AppError('ARTIFACT_CORRUPT', `the manifest of version ${version} is damaged: ${messageOf(cause)}`, {
      cause,
    });
  }
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

const notFound = (what: string, cause?: unknown): AppError =>
  new AppError('ARTIFACT_NOT_FOUND', `no artifact ${what}`, { cause });

const storeDown = (cause: unknown): AppError =>
  new AppError('STORE_DOWN', `artifact store: ${messageOf(cause)}`, { cause });

/** A folder never replaces one that holds something, so of two writers of one version exactly one wins. */
function putFailure(version: string, cause: unknown): AppError {
  if (!hasCode(cause, 'ENOTEMPTY', 'EEXIST')) return storeDown(cause);
  return new AppError('VERSION_EXISTS', `version ${version} is in the artifact store already`, { cause });
}
