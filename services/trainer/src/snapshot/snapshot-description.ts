import { createHash } from 'node:crypto';
import { z } from 'zod';
import { dataSummary } from '../quality/data-summary.ts';
import { partKinds } from './snapshot-parts.ts';

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const partEntry = z.object({ kind: z.enum(partKinds), file: z.string(), rows: count, bytes: count, sha256 });
export type PartEntry = z.infer<typeof partEntry>;

/** Where each partition of the log stood before the first row was read: all lines below are in. */
export const watermark = z.object({
  streams: z.array(z.object({ topic: z.string(), partition: count, incarnation: count, nextOffset: count })),
  ratings: count,
  watches: count,
});
export type Watermark = z.infer<typeof watermark>;

/** `snapshot.json`, beside the parts. */
export const snapshotDescription = z.object({
  format: z.literal(1),
  dataVersion: sha256,
  /** When its rows were read, ISO. */
  createdAt: z.string(),
  watermark,
  /** Rows whose last event is older than so many days before the newest one were left out; null: none. */
  windowDays: z.number().nullable(),
  parts: z.array(partEntry),
  summary: dataSummary,
});
export type SnapshotDescription = z.infer<typeof snapshotDescription>;

/** SHA-256 over the parts, kind by kind in their order: equal rows, equal name, 64 hex digits. */
export function dataVersionOf(parts: readonly PartEntry[]): string {
  const whole = createHash('sha256').update('reelay snapshot 2\n');
  for (const part of parts) whole.update(`${part.kind} ${part.rows} ${part.sha256}\n`);
  return whole.digest('hex');
}

export const bytesOfParts = ({ parts }: Pick<SnapshotDescription, 'parts'>): number =>
  parts.reduce((sum, { bytes }) => sum + bytes, 0);
