import { messageOf } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { JobDeps } from './job-deps.ts';

/** A slice that was published so long ago, and that nobody has in hand, is lost: workers say every 10 s what they have. */
const lostAfterMs = 30_000;

/**
 * One look at a running job: keeps `JOB_WINDOW` slices published, and ends the job when none waits. `isNew`: this process did not look after it
 * before, so a queue that ends with its process has none of its slices. A slice that is published twice is harmless.
 */
export async function publishSlices(
  ledger: Ledger,
  { jobId, isNew }: { jobId: string; isNew: boolean },
  deps: JobDeps,
): Promise<void> {
  const { slices, config } = deps;
  if (isNew && !slices.features.survivesProcess) await ledger.forgetPublished(jobId);
  if (!slices.isUp()) return;
  const published = await ledger.publishedCount(jobId);
  const lost = await lostSlices(ledger, jobId, published, deps);
  const room = config.JOB_WINDOW - published;
  const fresh = room > 0 ? await ledger.unpublishedSlices(jobId, room) : [];
  await publish(ledger, jobId, [...lost, ...fresh], deps);
  if (published === 0 && fresh.length === 0) await endJob(ledger, jobId, deps);
}

/** Only while the queue is empty: slices that wait there for slow workers are not lost. */
async function lostSlices(
  ledger: Ledger,
  jobId: string,
  published: number,
  { slices, clock }: JobDeps,
): Promise<number[]> {
  if (published === 0) return [];
  const since = clock.now() - lostAfterMs;
  const suspects = await ledger.lostSlices(jobId, since, published);
  if (suspects.length === 0 || (await slices.ready()) > 0) return [];
  return suspects;
}

async function publish(
  ledger: Ledger,
  jobId: string,
  sliceNos: number[],
  { slices, clock, metrics, log }: JobDeps,
): Promise<void> {
  if (sliceNos.length === 0) return;
  const sent = await Promise.allSettled(sliceNos.map((sliceNo) => slices.publish({ jobId, sliceNo })));
  const safe = sliceNos.filter((_, at) => sent[at].status === 'fulfilled');
  metrics.countSlices(safe.length);
  await ledger.markPublished(jobId, safe, clock.now());
  const failure = sent.find((one) => one.status === 'rejected');
  if (failure) log.warn({ jobId, error: messageOf(failure.reason) }, 'slices could not be published; tried again');
}

async function endJob(ledger: Ledger, jobId: string, { clock, metrics, log }: JobDeps): Promise<void> {
  const job = await ledger.job(jobId);
  if (job === null || job.slices.waiting > 0) return;
  const state = job.slices.dead > 0 ? 'incomplete' : 'done';
  if (!(await ledger.changeJob(jobId, ['running'], state, { nowMs: clock.now() }))) return;
  metrics.countJob(state);
  const { slices, users, retries } = job;
  log.info({ jobId, state, slices, users, retries, durationMs: clock.now() - job.createdMs }, 'job ended');
}
