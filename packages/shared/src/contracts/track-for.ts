import type { Plan, Track } from './plan.ts';

/**
 * Which track serves this user: a hash of user and release salt, compared with the share. The same in every gateway and for the whole
 * release, whatever the number of workers; a new salt draws the canary's users anew.
 */
export function trackFor(userId: number, plan: Plan): Track {
  if (plan.canary === null || plan.share <= 0) return 'stable';
  return hash(userId, plan.salt) / 2 ** 32 < plan.share ? 'canary' : 'stable';
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
