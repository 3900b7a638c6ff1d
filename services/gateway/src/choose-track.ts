import { trackFor, type Plan, type Track } from '@reelay/shared/contracts';

export { trackFor };

/** Where a question goes: the slot's queue, and the version to be asked for. */
export interface Route {
  track: Track;
  version: string;
}

/** The route of the plan for this user, or null before the first release. */
export function routeFor(userId: number, plan: Plan): Route | null {
  const track = trackFor(userId, plan);
  const version = plan[track] ?? plan.stable;
  return version === null ? null : { track, version };
}

/**
 * Where to go once when no worker has `first` loaded: the other track, else the version that served this user before the plan changed (the
 * workers keep it while they load the new one). Never a version that is withdrawn.
 */
export function secondRoute(userId: number, first: Route, plan: Plan, before: Plan | null): Route | null {
  const other = first.track === 'stable' ? 'canary' : 'stable';
  const candidates = [routeOn(other, plan), before && routeFor(userId, before)];
  const usable = (route: Route | null): boolean =>
    route !== null && route.version !== first.version && !plan.withdrawn.includes(route.version);
  return candidates.find(usable) ?? null;
}

function routeOn(track: Track, plan: Plan): Route | null {
  const version = plan[track];
  return version === null ? null : { track, version };
}
