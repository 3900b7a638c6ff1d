import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openIngestWorld, testTopic } from './testing/open-ingest-world.ts';
import { verifyCsv } from './verify-csv.ts';

const folder = process.env.REELAY_DATA;
if (!folder)
  console.log('not run on the course log: set REELAY_DATA to a folder with simulator/rate_lines_2025.log.gz');

test('the data folder is named when it is required', () => {
  if (process.env.REQUIRE_DATA === '1') expect(folder).toBeTruthy();
});

test.runIf(folder)(
  'a log that a consumer read five times ends with each rating once',
  async () => {
    const file = gunzipSync(await readFile(join(folder ?? '', 'simulator/rate_lines_2025.log.gz'))).toString('utf8');
    const lines = file.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(50_007);
    const world = await openIngestWorld();
    try {
      await world.eventLog.ensureTopic(testTopic, 1);
      await world.eventLog.append(testTopic, lines);
      const ingestor = await world.another();
      await ingestor.start();
      const counts = await ingestor.drained(testTopic, 60_000);
      expect(counts.received).toBe(50_007);
      expect(counts.quarantined).toBe(2);
      expect(counts.accepted + counts.repeated).toBe(50_005);
      expect((await world.ledger.counts()).ratings).toBe(10_029);
      expect((await verifyCsv(world.ledger, world.csvDir)).equal).toBe(true);
    } finally {
      await world.close();
    }
  },
  60_000,
);
