import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { ledgerContract } from '../../testing/index.ts';

let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-ledger-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

ledgerContract({ name: 'sqlite', emptyUrl: async () => `sqlite:${join(folder, `${++made}`, 'ledger.db')}` });
