import { emptyPlan } from '@reelay/shared/contracts';
import { openHistories, openPlans } from '@reelay/shared/messaging';
import { errorCode } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { tinyFirstItemId, putTinyModel } from '@reelay/shared/testing';
import type { CostWorld } from './cost-world.ts';

export interface ModelSize {
  items: number;
  factors: number;
  users: number;
}

/** Of the drawn model of a size. */
export const versionOf = ({ items, factors, users }: ModelSize): string =>
  `1-${(items * 7_919 + factors * 31 + users).toString(16).padStart(6, '0').slice(-6)}`;

/** Draws a model of this size, stores it and makes it the plan's stable version. */
export async function placeModel(
  { urls }: CostWorld,
  { namespace, ...size }: ModelSize & { namespace: string },
): Promise<string> {
  const version = versionOf(size);
  const artifacts = await openArtifactStore(urls.ARTIFACTS_URL);
  const plans = await openPlans(urls.REDIS_URL, { namespace });
  // The same size again, for another namespace: the version is there.
  await putTinyModel(artifacts, { version, ...size }).catch((error: unknown) => {
    if (errorCode(error) !== 'VERSION_EXISTS') throw error;
  });
  await plans.announce({ ...emptyPlan, epoch: 1, stable: version });
  await plans.close();
  await artifacts.close();
  return version;
}

const usersPerTrip = 50;

/** Gives users 1 to `users` a history of `length` different items each, spread over the catalogue, and says that the store is whole. */
export async function placeHistories(
  { urls }: CostWorld,
  { namespace, users, length, items }: { namespace: string; users: number; length: number; items: number },
): Promise<void> {
  const histories = await openHistories(urls.REDIS_URL, { namespace });
  const known = length > 0 ? users : 0;
  for (let first = 1; first <= known; first += usersPerTrip) {
    const trip = Array.from({ length: Math.min(usersPerTrip, known - first + 1) }, (_, at) => first + at);
    await histories.merge(trip.flatMap((userId) => historyOf(userId, length, items)));
  }
  await histories.markComplete();
  await histories.close();
}

/** The invented history of a user; items as the drawn models number them. */
export const historyOf = (userId: number, length: number, items: number) =>
  Array.from({ length }, (_, at) => {
    // 7,919 is prime to the sizes of the catalogue, so that the items of a user differ.
    const itemId = tinyFirstItemId + ((userId * 31 + at * 7_919) % items);
    const time = 1_780_000_000 + at * 60;
    const rated = at % 5 === 0;
    return { userId, itemId, minutes: 20 + (at % 100), rating: rated ? 4 : 0, ratedAt: rated ? time : 0, time };
  });
