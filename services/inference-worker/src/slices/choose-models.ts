import { trackFor, type Plan } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { LoadedModel } from '../load-model.ts';

/** Users that one version serves, by their place in the list that was given. */
export interface ModelShare {
  loaded: LoadedModel;
  places: number[];
}

/**
 * The version that serves each user, as for a single request; the other track's where it is not loaded. Throws `NOT_RUNNING` when neither is:
 * before the first release, and while a worker loads.
 */
export function chooseModels(
  userIds: Int32Array,
  plan: Plan,
  models: { get(version: string): LoadedModel | undefined },
): ModelShare[] {
  const shares = new Map<LoadedModel, number[]>();
  for (const [place, userId] of userIds.entries()) {
    const track = trackFor(userId, plan);
    const loaded = loadedOf(plan[track] ?? plan.stable, models) ?? loadedOf(otherOf(track, plan), models);
    if (loaded === undefined) throw new AppError('NOT_RUNNING', 'no version of the plan is loaded');
    const places = shares.get(loaded);
    if (places) places.push(place);
    else shares.set(loaded, [place]);
  }
  return [...shares].map(([loaded, places]) => ({ loaded, places }));
}

const loadedOf = (version: string | null, models: { get(version: string): LoadedModel | undefined }) =>
  version === null ? undefined : models.get(version);

const otherOf = (track: string, { stable, canary }: Plan): string | null => (track === 'stable' ? canary : stable);
