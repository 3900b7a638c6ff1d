import { DatabaseSync } from 'node:sqlite';

/**
 * At most one process at a time leads in a folder's file. The lock is the operating system's (SQLite's exclusive lock), so it is gone with the
 * process that held it, however that ended; nothing has to be cleared.
 */
export function createLeadership(file: string): { lead(): boolean; resign(): void } {
  let held: DatabaseSync | undefined;
  return {
    /** True when this process leads now; tries to if nobody does. */
    lead() {
      held ??= tryLock(file);
      return held !== undefined;
    },
    resign() {
      held?.close();
      held = undefined;
    },
  };
}

function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return database;
  } catch {
    database.close();
    return undefined;
  }
}
