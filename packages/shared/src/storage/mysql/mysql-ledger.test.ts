import { afterAll, describe } from 'vitest';
import { ledgerContract, realServerUrl } from '../../testing/index.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const url = realServerUrl('mariadb') ?? '';

describe.runIf(url)('on a real MariaDB or MySQL', () => {
  const databases: TemporaryDatabase[] = [];
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  ledgerContract({
    name: 'mysql',
    async emptyUrl() {
      const database = await createTemporaryDatabase(url);
      databases.push(database);
      return database.url;
    },
  });
});
