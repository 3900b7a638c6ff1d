import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { writeDurably } from '@reelay/shared/storage';
import { snapshotDescription, type PartEntry, type SnapshotDescription } from './snapshot-description.ts';

const descriptionFile = 'snapshot.json';
const incomingFolder = '.incoming';

/** A snapshot that is being written; nobody sees it before `commit`. */
export interface IncomingSnapshot {
  store(file: string, bytes: Uint8Array): Promise<void>;
  /** Makes it visible by one rename. The same rows again: what is there stays. */
  commit(description: SnapshotDescription): Promise<void>;
  /** Bears being called after `commit`. */
  discard(): Promise<void>;
}

/** Snapshots in a folder: one folder a data version, its parts and `snapshot.json`. What a crash leaves in `.incoming/` no reader looks at. */
export interface SnapshotStore {
  begin(): Promise<IncomingSnapshot>;
  /** Newest first; a damaged description counts as none. */
  list(): Promise<SnapshotDescription[]>;
  find(dataVersion: string): Promise<SnapshotDescription | undefined>;
  /** `ARTIFACT_CORRUPT` when length or SHA-256 differ from the description. */
  readPart(dataVersion: string, part: PartEntry): Promise<Uint8Array>;
  /** Removes all but the newest `keep` and those of `named`, and what crashes left behind. */
  prune(keep: number, named: ReadonlySet<string>): Promise<void>;
  /** Where a report about this snapshot stands: beside its folder. */
  besides(dataVersion: string, name: string): string;
}

export function createSnapshotStore(root: string): SnapshotStore {
  const incoming = join(root, incomingFolder);
  const find = (dataVersion: string) => readDescription(join(root, dataVersion, descriptionFile));
  const list = async () => {
    const names = (await readdir(root).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const found = (await Promise.all(names.map(find))).filter((one) => one !== undefined);
    return found.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.dataVersion.localeCompare(b.dataVersion));
  };
  return {
    find,
    list,
    async begin() {
      await mkdir(incoming, { recursive: true });
      return openIncoming(root, join(incoming, randomUUID()));
    },
    async readPart(dataVersion, { file, bytes, sha256 }) {
      const content = await readFile(join(root, dataVersion, file)).catch((cause: unknown) => {
        throw new AppError('ARTIFACT_NOT_FOUND', `snapshot part ${file}: ${messageOf(cause)}`, { cause });
      });
      if (content.length === bytes && createHash('sha256').update(content).digest('hex') === sha256) return content;
      throw new AppError('ARTIFACT_CORRUPT', `snapshot part ${file} differs from its description`);
    },
    async prune(keep, named) {
      await rm(incoming, { recursive: true, force: true });
      for (const { dataVersion } of (await list()).slice(keep)) {
        if (!named.has(dataVersion)) await rm(join(root, dataVersion), { recursive: true, force: true });
      }
    },
    besides: (dataVersion, name) => join(root, `${dataVersion}.${name}`),
  };
}

async function openIncoming(root: string, folder: string): Promise<IncomingSnapshot> {
  await mkdir(folder);
  return {
    store: (file, bytes) => writeDurably(join(folder, file), bytes),
    async commit(description) {
      await writeDurably(join(folder, descriptionFile), `${JSON.stringify(description, null, 2)}\n`);
      const target = join(root, description.dataVersion);
      await rename(folder, target).catch(async (cause: unknown) => {
        if (await stat(target).catch(() => undefined)) return;
        throw new AppError('STORE_DOWN', `snapshot: ${messageOf(cause)}`, { cause });
      });
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

async function readDescription(path: string): Promise<SnapshotDescription | undefined> {
  try {
    return snapshotDescription.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
