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

/** `file:<folder>`, also on a volume that several hosts share. */
export async function openArtifactStore(url: string): Promise<ArtifactStore> {
  if (url.startsWith('file:')) return (await import('./file/file-artifact-store.ts')).openFileArtifactStore(url);
  throw new AppError('UNSUPPORTED', `no ArtifactStore adapter for "${url.slice(0, url.indexOf(':'))}:"; use file:`);
}
