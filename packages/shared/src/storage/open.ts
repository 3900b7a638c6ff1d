import { AppError } from '../runtime/index.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { Ledger } from './ledger.ts';

/** `sqlite:<file>` or `mysql://user:password@host:port/database`; migrates first. */
export async function openLedger(url: string): Promise<Ledger> {
  if (url.startsWith('sqlite:')) return (await import('./sqlite/sqlite-ledger.ts')).openSqliteLedger(url);
  if (url.startsWith('mysql:')) return (await import('./mysql/mysql-ledger.ts')).openMysqlLedger(url);
  throw new AppError(
    'UNSUPPORTED',
    `no Ledger adapter for "${url.slice(0, url.indexOf(':'))}:"; use sqlite: or mysql://`,
  );
}

export interface ArtifactStoreOptions {
  /** A folder of this host that keeps what was loaded; with it the store may be away, also at the start. */
  cacheFolder?: string;
  /** Told of a copy that could not be kept, which costs the copy alone. */
  onProblem?: (problem: object) => void;
}

/** `file:<folder>`, also on a volume that several hosts share. */
export async function openArtifactStore(url: string, options: ArtifactStoreOptions = {}): Promise<ArtifactStore> {
  const { cacheFolder, onProblem } = options;
  if (!url.startsWith('file:'))
    throw new AppError('UNSUPPORTED', `no ArtifactStore adapter for "${url.slice(0, url.indexOf(':'))}:"; use file:`);
  const { openFileArtifactStore } = await import('./file/file-artifact-store.ts');
  if (cacheFolder === undefined || cacheFolder === '') return openFileArtifactStore(url);
  const { openCachedArtifactStore } = await import('./file/cached-artifact-store.ts');
  return openCachedArtifactStore({ folder: cacheFolder, openSource: () => openFileArtifactStore(url), onProblem });
}
