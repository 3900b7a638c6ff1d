import { initial } from './0001-initial.ts';
import { receipts } from './0002-receipts.ts';
import type { Migration } from './migration.ts';

/** The schema's history, oldest first. Add a file, add it here, and add dumps of it to `dumps/`. */
export const migrations: readonly Migration[] = [initial, receipts];
