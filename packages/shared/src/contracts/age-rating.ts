import { z } from 'zod';

/** Nobody is older. */
export const ageMax = 120;

/** Years. Of an item: the age from which it is suitable, 0 for everybody. Of a caller: the highest age rating that may be shown. */
export const ageRating = z.number().int().min(0).max(ageMax);

/** The age rating in a field of a table; undefined, which is not rated, for what is none. */
export const readAgeRating = (field: string | undefined): number | undefined =>
  field !== undefined && /^\d{1,3}$/.test(field.trim()) ? ageRating.safeParse(Number(field)).data : undefined;

/** What is not rated may be anything, so who asks for items up to an age is not shown it. */
export const isSuitable = (minAge: number | undefined, maxAge: number): boolean =>
  minAge !== undefined && minAge <= maxAge;
