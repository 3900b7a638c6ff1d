import type { Plan, Track } from '@reelay/shared/contracts';

/** Where a question goes: the slot's queue, and the version to be asked for. */
export interface Route {
  track: Track;
  version: string;
}

/**
 * Which track serves this user: a hash of user and release salt, compared with the share. The same in every gateway and for the whole
 * release, whatever the number of workers; a new salt draws the canary's users anew.
 */
export function trackFor(userId: number, plan: Plan): Track {
  if (plan.canary === null || plan.share <= 0) return 'stable';
  return hash(userId, plan.salt) / 2 ** 32 < plan.share ? 'canary' : 'stable';
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

/** 32 bits of user and salt: FNV-1a of the salt, mixed into the user by MurmurHash3's finaliser, twice so that salts do not correlate. */
function hash(userId: number, salt: string): number {
  let seed = 0x811c9dc5;
  for (let at = 0; at < salt.length; at++) seed = Math.imul(seed ^ salt.charCodeAt(at), 0x01000193);
  return mix(mix(userId ^ mix(seed)) ^ seed) >>> 0;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
