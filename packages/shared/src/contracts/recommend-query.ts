import { z } from 'zod';
import { ageMax } from './age-rating.ts';
import { rulesMax } from './job.ts';
import { isMovieId } from './movie-id.ts';

/** Longest list that a caller may ask for. */
export const askedLengthMax = 200;

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'is no whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .meta({ override: { type: 'integer', minimum: min, maximum: max, pattern: undefined } });

const separated = (text: string): string[] => text.split(',').filter((part) => part !== '');

/** Query of `GET /recommend/:userId` of callers that prefer JSON. Text callers get the plain list, whatever their query says. */
export const recommendQuery = z
  .object({
    n: integer(1, askedLengthMax).optional().meta({ description: 'Length of the list.', example: 5 }),
    offset: integer(0, rulesMax.offset).optional().meta({ description: 'How many of the best are skipped.' }),
    exclude: z
      .string()
      .transform(separated)
      .pipe(z.array(z.string().refine(isMovieId, 'is no item id')).max(rulesMax.exclude))
      .optional()
      .meta({
        description: 'Item ids that must not be in the list, separated by commas.',
        example: 'heat+1995,alien+1979',
        override: { type: 'string' },
      }),
    genre: z
      .string()
      // Forms write a space as `+`, and no genre has one in its name.
      .transform((text) => separated(text.replaceAll('+', ' ')))
      .pipe(z.array(z.string().max(50)).max(rulesMax.genres))
      .optional()
      .meta({
        description: 'Genres, separated by commas: only items of at least one of them.',
        example: 'Drama,Comedy',
        override: { type: 'string' },
      }),
    maxAge: integer(0, ageMax).optional().meta({
      description: 'Only items with an age rating of at most so many years. What is not rated is left out.',
      example: 12,
    }),
    seen: z
      .enum(['exclude', 'include'])
      .optional()
      .meta({ description: '`include`: items that the user has seen may be in the list. Default: `exclude`.' }),
    diversity: z
      .string()
      .regex(/^[01](\.\d{1,6})?$/, 'is no number from 0 to 1')
      .transform(Number)
      .pipe(z.number().min(0).max(1))
      .optional()
      .meta({
        description: 'From 0, the order of the scores, to 1, each item as unlike those before it as can be.',
        example: 0.3,
        override: { type: 'number', minimum: 0, maximum: 1, pattern: undefined },
      }),
    reasons: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: '`true`: each item names up to three items of the history that brought it up.' }),
  })
  .strict();
export type RecommendQuery = z.infer<typeof recommendQuery>;
