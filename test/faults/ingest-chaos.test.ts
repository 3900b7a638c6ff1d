import { join } from 'node:path';
import { missingServers, nativeServerNames } from '@reelay/native';
import { countFaults } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { openChaosPlatform } from '../chaos/chaos-platform.ts';
import { runIngestChaos } from '../chaos/run-ingest-chaos.ts';
import { outliveZombie } from '../chaos/outlive-zombie.ts';
import { problemsOf } from '../chaos/verdict.ts';

const missing = await missingServers(nativeServerNames);
if (missing.length > 0) {
  const sentence = `not run: chaos, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

/** `npm run test:chaos -- --seed 4` and so on does the same with all that happens printed. */
const settings = { seed: 4, lines: 60_000, faults: 16, members: 2 };
const testTimeoutMs = 400_000;

describe.runIf(missing.length === 0)('nothing is lost or doubled in chaos', () => {
  test(
    'under faults of ingestors and servers, members that come and go, a zombie, replays and a topic made anew',
    { timeout: testTimeoutMs },
    async () => {
      const events: string[] = [];
      const onEvent = (event: string) => void events.push(event);
      const rhythm = { spacing: [200, 1_500], lasts: [200, 1_500] } as const;
      const report = await runIngestChaos({ ...settings, ...rhythm, onEvent }).catch((error: unknown) => {
        throw new Error([...events, String(error)].join('\n'), { cause: error });
      });
      console.log(`seed ${settings.seed}, ${report.seconds} s`, countFaults(report.faults));
      expect(problemsOf(report, settings), events.join('\n')).toEqual([]);
      expect(report.scenes.map(({ name }) => name).sort()).toEqual([
        'member 1',
        'member 2',
        'replay from 0 by another group',
        'replay from 0 of all that is stored',
        'topic made anew',
        'zombie',
      ]);
    },
  );

  test('a zombie is told by the count as soon as the fence is gone', { timeout: testTimeoutMs }, async () => {
    const platform = await openChaosPlatform();
    try {
      const fenced = await outliveZombie(platform);
      expect(fenced).toEqual({ committedAfterWaking: false, differences: [] });
      const program = join(import.meta.dirname, '../chaos/unfenced-ingestor.ts');
      const unfenced = await outliveZombie(platform, { program });
      expect(unfenced.committedAfterWaking).toBe(true);
      expect(unfenced.differences.map((text) => text.replaceAll(/\d{2,}/g, '…'))).toEqual([
        'only in the log (1): partition 0: … received',
        'only in the log (1): in all: 0 repeated',
        'only in SQL (1): partition 0: … received',
        'only in SQL (1): in all: … repeated',
      ]);
    } finally {
      await platform.close();
    }
  });
});
