import type { RecommendJob } from '@reelay/shared/contracts';

/** The n-th job, with all fields as long as they are in service. */
export const sampleJob = (n: number, replyTo: string): RecommendJob => ({
  requestId: `019a5b3c-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
  userId: 1 + (n % 1_000_000),
  modelVersion: '1-bbbbbb',
  count: 20,
  replyTo,
});
