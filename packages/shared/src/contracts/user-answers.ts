import { z } from 'zod';
import { provenance } from './receipt.ts';
import { epochMsOf, timeExamples, timeText } from './time-text.ts';

/** Most answers of one page: one with a long history is 30 kB. */
export const userAnswersMax = 200;
const userAnswersUsual = 50;

/** Epoch milliseconds of a time as people write it; UTC where it names no zone. */
const time = z
  .string()
  .regex(timeText, `is no time as ${timeExamples}`)
  .transform(epochMsOf)
  .pipe(z.number('is no time of any day'))
  .meta({ override: { type: 'string', pattern: undefined } });

/** Where the next page begins: behind this answer. */
const place = z
  .string()
  .regex(/^\d{1,15}_[0-9a-f-]{36}$/, 'is no `next` of an earlier page')
  .meta({ override: { type: 'string', pattern: undefined } });

/** Query of `GET /users/:id/recommendations`. */
export const userAnswersQuery = z
  .object({
    from: time.optional().meta({ description: 'From this time on; a day before `to` when left out.' }),
    to: time.optional().meta({ description: 'Up to this time, which does not belong to it; now when left out.' }),
    limit: z
      .string()
      .regex(/^\d{1,4}$/, 'is no whole number')
      .transform(Number)
      .pipe(z.number().min(1).max(userAnswersMax))
      .default(userAnswersUsual)
      .meta({ override: { type: 'integer', minimum: 1, maximum: userAnswersMax, pattern: undefined } }),
    after: place.optional().meta({ description: '`next` of the page before.' }),
  })
  .strict();
export type UserAnswersQuery = z.infer<typeof userAnswersQuery>;

/** Body of that route: oldest first. */
export const userAnswers = z.object({
  userId: z.number().int(),
  answers: z.array(provenance),
  /** For `after`; null on the last page. */
  next: z.string().nullable(),
});
export type UserAnswers = z.infer<typeof userAnswers>;
