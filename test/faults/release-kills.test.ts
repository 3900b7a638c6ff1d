import { join } from 'node:path';
import { missingServers } from '@reelay/native';
import { countFaults, missedFaults, waitUntil } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { historyProblems } from '../chaos/releases/check-releases.ts';
import { openReleasePlatform } from '../chaos/releases/release-platform.ts';
import { runReleaseChaos, startWork } from '../chaos/releases/run-release-chaos.ts';

const missing = await missingServers(['redis', 'mariadb']);
if (missing.length > 0) {
  const sentence = `not run: kills of releases, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const settings = { seed: 8, kills: 10, spacing: [200, 1_500], lasts: [50, 500] } as const;

describe.runIf(missing.length === 0)('release-managers and trainer, killed at random moments', () => {
  test('leave one stable version, no half artifact and a legal history', { timeout: 300_000 }, async () => {
    const events: string[] = [];
    const report = await runReleaseChaos({ ...settings, onEvent: (event) => events.push(event) });
    const { faults, problems, ...figures } = report;
    console.log(`kills of releases: ${JSON.stringify({ ...figures, faults: countFaults(faults) })}`);
    expect(problems, events.join('\n')).toEqual([]);
    expect([faults.length, missedFaults(faults)]).toEqual([settings.kills, []]);
    expect(figures.commands.reduce((sum, { broken }) => sum + broken, 0), 'commands that were cut off').toBeGreaterThan(0); // prettier-ignore
    expect(Object.keys(figures.states).toSorted()).toEqual(['aborted', 'canary', 'promoted', 'rolled-back']);
  });

  test(
    'planted: without compare-and-set two managers lose updates, and that check tells it',
    { timeout: 200_000 },
    async () => {
      const platform = await openReleasePlatform(join(import.meta.dirname, '../chaos/releases/careless-release-manager.ts')); // prettier-ignore
      const work = startWork(platform, 8, 20);
      try {
        const problems = async () => historyProblems((await platform.ledger.planHistory(1_000_000)).toReversed());
        await waitUntil('an update is lost', async () => (await problems()).length > 0, 120_000);
        console.log(`without compare-and-set: ${(await problems()).slice(0, 3).join('; ')}`);
      } finally {
        await work.stop();
        await platform.close();
      }
    },
  );
});
