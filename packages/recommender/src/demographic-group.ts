import { RecommenderError } from './recommender-error.ts';

/** Lower bounds of the age bands of MovieLens 1M: under 18, 18-24, 25-34, 35-44, 45-49, 50-55, 56 and over. */
export const ageBandsFrom = [0, 18, 25, 35, 45, 50, 56] as const;
export const genders = ['M', 'F'] as const;
/** Group 0: everybody, and who is not known. */
export const everybody = 0;
/** Everybody, each gender, each gender with each age band: 17. */
export const demographicGroups = 1 + genders.length + genders.length * ageBandsFrom.length;

export interface Demographics {
  /** `M`, `F`, `male`, `female` in any case; anything else is unknown. */
  readonly gender?: string | null | undefined;
  /** Years. The MovieLens codes (1, 18, 25, …) are the lower bounds, so they fit too. */
  readonly age?: number | null | undefined;
}

/**
 * The narrowest group whose members are known: gender and age band, else gender, else everybody. Never throws: details of users come from
 * outside, and what is not usable is as good as unknown. Without a gender the age is not used: the chain goes all → gender → age.
 */
export function demographicGroup({ gender, age }: Demographics): number {
  const genderIndex = genderOf(gender);
  if (genderIndex === -1) return everybody;
  const usable = typeof age === 'number' && age > 0 && age < 130;
  if (!usable) return 1 + genderIndex;
  const band = ageBandsFrom.findLastIndex((from) => age >= from);
  return 1 + genders.length + genderIndex * ageBandsFrom.length + band;
}

/** The next wider group: gender and age → gender → everybody; `null` for everybody. Throws `DATA_INVALID` for no group of ours. */
export function parentGroup(group: number): number | null {
  if (!Number.isInteger(group) || group < 0 || group >= demographicGroups) {
    throw new RecommenderError('DATA_INVALID', `group ${group} is not one of ${demographicGroups}`);
  }
  if (group === everybody) return null;
  if (group <= genders.length) return everybody;
  return 1 + Math.floor((group - 1 - genders.length) / ageBandsFrom.length);
}

function genderOf(gender: string | null | undefined): number {
  const text = gender?.trim().toLowerCase();
  if (text === 'm' || text === 'male') return 0;
  return text === 'f' || text === 'female' ? 1 : -1;
}
