import { ageRating } from '@reelay/shared/contracts';
import type { MovieRow, UserRow } from '@reelay/shared/storage';
import { z } from 'zod';

const ageMax = 130;
const runtimeMax = 10_000;
const textMax = 100;
const titleMax = 1_000;

/** Nothing, an empty text and the word "null" (in use until 2025) all say that nothing is known. */
const orNothing = (value: unknown): unknown => {
  const plain = typeof value === 'string' ? value.trim() : value;
  return plain === '' || plain === 'null' || plain === undefined ? null : plain;
};

/** A field that is known or null; one that cannot be read is as good as unknown, and spoils no other. */
const known = <Output>(schema: z.ZodType<Output>) => z.preprocess(orNothing, schema.nullable()).catch(null);

/** A number, also when it comes as text. */
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,12}(\.\d{1,12})?$/)
    .transform(Number),
]);
const whole = (least: number, most: number) => number.pipe(z.number().int().min(least).max(most));
const flag = z.union([z.boolean(), z.string().regex(/^(true|false)$/i).transform((value) => /^true$/i.test(value))]); // prettier-ignore
const text = (most: number) => z.string().transform((value) => value.slice(0, most));

/** `{ id, name }`, or the name alone; many in a list, or joined by `|`. */
const genreName = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const genres = z.union([z.array(genreName.catch('')), z.string().transform((joined) => joined.split('|'))]);

const user = z.object({
  user_id: whole(1, 2 ** 31 - 1),
  age: known(whole(1, ageMax)),
  gender: known(text(textMax).transform((value) => (/^[mf]$/i.test(value) ? value.toUpperCase() : value))),
  occupation: known(text(textMax)),
});

const movie = z.object({
  id: z.string(),
  title: known(text(titleMax)),
  original_title: known(text(titleMax)),
  release_date: known(z.string().regex(/^(1[89]|20)\d\d\b/)),
  runtime: known(number.pipe(z.number().min(0).max(runtimeMax))),
  genres: known(genres),
  adult: known(flag),
  min_age: known(number.pipe(ageRating)),
});

/** The user that the API tells about; undefined when there is no usable id. What is not known is null. */
export function normaliseUser(told: unknown): UserRow | undefined {
  const { data } = user.safeParse(told);
  return data && { userId: data.user_id, age: data.age, gender: data.gender, occupation: data.occupation };
}

/**
 * The movie that the API tells about; undefined when there is no id. A runtime of 0 is none, a missing date leaves the year of the
 * id, a missing title the original one or the id.
 */
export function normaliseMovie(told: unknown): MovieRow | undefined {
  const { data } = movie.safeParse(told);
  if (!data) return undefined;
  const year = data.release_date?.slice(0, 4) ?? /\+(\d{4})$/.exec(data.id)?.[1];
  const minAge = ageRatingOf(data);
  const names = (data.genres ?? []).map(orNothing).filter((name) => typeof name === 'string');
  return {
    id: data.id,
    title: data.title ?? data.original_title ?? data.id,
    year: year === undefined ? null : Number(year),
    genres: [...new Set(names)],
    runtime: data.runtime || null,
    ...(minAge !== undefined && { minAge }),
  };
}

/** Of majority: what is for adults. The course's `adult` tells that apart from the rest and nothing more. */
const adultAge = 18;

/**
 * What is for adults is so whatever else is told. `adult: "False"` alone says "below 18", so it counts as the highest age there: up to 17 it may be
 * anything, and who asks for less is not shown it.
 */
function ageRatingOf({ adult, min_age: minAge }: z.infer<typeof movie>): number | undefined {
  if (adult === true) return Math.max(adultAge, minAge ?? 0);
  return minAge ?? (adult === false ? adultAge - 1 : undefined);
}
