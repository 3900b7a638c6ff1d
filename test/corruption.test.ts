import { expect, test } from 'vitest';
import { damagers } from './chaos/corruption/damage-artifact.ts';
import { withoutChecksums } from './chaos/corruption/careless-stores.ts';
import { runCorruption } from './chaos/corruption/run-corruption.ts';

const settings = { seed: 8, corruptions: 1_000 };

test('of 1,000 damaged versions none is served, the sound one answers all the while, and each refusal has a code', async () => {
  const report = await runCorruption(settings);
  console.log(`corruption: ${JSON.stringify({ ...report, problems: report.problems.length })}`);
  expect(report.problems).toEqual([]);
  expect(Object.keys(report.refused).toSorted()).toEqual(Object.keys(damagers).toSorted());
  expect(Object.values(report.refused).reduce((sum, count) => sum + count, 0)).toBe(settings.corruptions);
  expect(report.answers).toBe(4 * settings.corruptions);
}, 180_000);

test('planted: without checksums some damaged versions are served, and that check tells it', async () => {
  const { problems } = await runCorruption({ ...settings, corruptions: 110, spoil: withoutChecksums });
  expect(problems.filter((problem) => problem.endsWith('it was loaded')).length).toBeGreaterThan(5);
  expect(problems.filter((problem) => problem.endsWith('answered from it')).length).toBeGreaterThan(5);
}, 60_000);
