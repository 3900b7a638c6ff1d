import { ageRating } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import { z } from 'zod';
import { BadRows } from './bad-rows.ts';
import type { ImportRows } from './import-rows.ts';
import { RatingColumns } from './rating-columns.ts';
import type { ReadRatingsOptions } from './read-ratings.ts';
import { readTextLines } from './read-text-lines.ts';

const id = z.union([z.string().min(1), z.number().int()]).transform(String);

/** CloudEvents 1.0 in JSON; the data says who rated or watched what. */
const event = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  time: z.iso.datetime({ offset: true }).optional(),
  data: z.object({
    userId: id,
    itemId: id,
    rating: z.number().optional(),
    minutes: z.number().optional(),
    minAge: ageRating.optional().catch(undefined),
  }),
});

/**
 * CloudEvents, one a line: `data` has `userId`, `itemId` and `rating` or `minutes`, and may have the item's age rating `minAge`, of which the
 * highest counts. The same `source` and `id` twice is one event. Lines that cannot be
 * read are counted as EVENT. Throws `NOT_FOUND`, and `NOT_ENOUGH_DATA` for a file without one usable event.
 */
export async function readEvents(
  file: string,
  { onProgress, onBadRow }: ReadRatingsOptions,
): Promise<Omit<ImportRows, 'badRows'>> {
  const columns = new RatingColumns();
  const bad = new BadRows();
  const known = new Set<string>();
  const minutes: boolean[] = [];
  const minAges = new Map<string, number>();
  let line = 0;
  let rows = 0;
  const take = (text: string): boolean => {
    const { data: read } = event.safeParse(parsed(text));
    if (read === undefined) return false;
    const { source, id: eventId, time, data } = read;
    const value = data.rating ?? data.minutes;
    if (value === undefined || (data.rating !== undefined && data.minutes !== undefined)) return false;
    const identity = JSON.stringify([source, eventId]);
    if (known.has(identity)) return true;
    known.add(identity);
    minutes.push(data.minutes !== undefined);
    if (data.minAge !== undefined) minAges.set(data.itemId, Math.max(data.minAge, minAges.get(data.itemId) ?? 0));
    columns.add(data.userId, data.itemId, value, time === undefined ? Number.NaN : Date.parse(time) / 1_000, line);
    return true;
  };
  await readTextLines(file, (lines) => {
    for (const text of lines) {
      line += 1;
      if (text.trim() === '') continue;
      rows += 1;
      if (take(text)) continue;
      bad.add('EVENT', line);
      onBadRow?.(line, 'EVENT', text);
    }
    onProgress?.(rows);
  });
  if (columns.rows === 0) throw new AppError('NOT_ENOUGH_DATA', `${file} has no usable event: ${bad.text()}`);
  return { named: columns.finish(), rows, bad, isMinutes: (row) => minutes[row], minAges };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
