import { waitUntil } from '@reelay/shared/testing';
import { askForJson } from './ask-for-list.ts';
import type { World } from './world.ts';

/** Trains on what is stored, releases it, and waits until worker and gateway answer with it. Returns the version. */
export async function trainAndRelease(world: World): Promise<string> {
  const { version } = await world.trainer.train();
  await world.releases.round();
  await waitUntil(`worker has ${version}`, () => world.worker.versions.includes(version), enoughMs);
  const answersWithIt = async () => {
    const { modelVersion, outcome } = await askForJson(world, someUserId).catch(nothingYet);
    return modelVersion === version && outcome !== 'fallback';
  };
  await waitUntil(`gateway answers with ${version}`, answersWithIt, enoughMs);
  return version;
}

const enoughMs = 30_000;

/** Of nobody whom a history speaks of. */
export const someUserId = 999_999;

const nothingYet = () => ({ modelVersion: null, outcome: 'fallback' as const });
