import { randomUUID } from 'node:crypto';
import { messageOf, type Own } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { JobDeps } from './job-deps.ts';
import { loadActiveUsers } from './load-users.ts';
import { publishSlices } from './publish-slices.ts';

export interface JobKeeper {
  /** For a job that is added: it is looked after here from then on. */
  held(): { holder: string; untilMs: number };
  /** A job that this process loads now; nobody else may take it for abandoned. */
  load(jobId: string, loading: () => Promise<void>): Promise<void>;
  /** Looks after jobs now instead of when it would next. */
  wake(): void;
}

const busyMs = 100;
const idleMs = 2_000;
/** A job whose keeper has not been heard of for so long is taken over. */
const leaseMs = 5_000;
const dropMs = 3_600_000;
const droppedAtOnce = 10;

/**
 * Looks after every job that is not finished: publishes its slices, a few ahead of the workers, publishes those again that nobody has any more, and
 * ends it. Of several gateways one looks after a job; when it dies, another (or it itself, started again) goes on from what the ledger says.
 */
export function createJobKeeper(deps: JobDeps, own: Own): JobKeeper {
  const { clock, log, config, metrics } = deps;
  const holder = randomUUID();
  const stop = new AbortController();
  const loading = new Set<string>();
  const known = new Set<string>();
  let woken = new AbortController();
  let dropAtMs = clock.monotonicMs();

  const load = async (jobId: string, work: () => Promise<void>): Promise<void> => {
    loading.add(jobId);
    woken.abort();
    try {
      await work();
    } finally {
      loading.delete(jobId);
      woken.abort();
    }
  };
  const loadAgain = async (ledger: Ledger, jobId: string, activeDays: number | null): Promise<void> => {
    if (activeDays !== null) return load(jobId, () => loadActiveUsers(jobId, deps));
    const reason = 'its users did not come in full: the gateway that read them is gone';
    if (await ledger.changeJob(jobId, ['loading'], 'failed', { reason, nowMs: clock.now() }))
      metrics.countJob('failed');
  };
  /** True while there is something to look after. */
  const look = async (): Promise<boolean> => {
    const ledger = await deps.ledger();
    const open = await ledger.openJobs();
    for (const { jobId, state, activeDays } of open) {
      const now = clock.now();
      if (!(await ledger.holdJob(jobId, holder, now, now + leaseMs))) continue;
      if (state === 'running') await publishSlices(ledger, { jobId, isNew: !known.has(jobId) }, deps);
      else if (!loading.has(jobId)) void loadAgain(ledger, jobId, activeDays).catch((error: unknown) => log.error({ jobId, error: messageOf(error) }, 'the users of a job could not be loaded')); // prettier-ignore
      if (state === 'running') known.add(jobId);
    }
    if (open.length === 0) known.clear();
    if (clock.monotonicMs() >= dropAtMs) await drop(ledger);
    return open.length > 0;
  };
  const drop = async (ledger: Ledger): Promise<void> => {
    dropAtMs = clock.monotonicMs() + dropMs;
    const dropped = await ledger.dropJobs(clock.now() - config.JOB_KEEP_DAYS * 86_400_000, droppedAtOnce);
    if (dropped > 0) log.info({ dropped }, 'old jobs dropped');
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const busy = await look().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'jobs cannot be looked after now');
        return false;
      });
      await clock.sleep(busy ? busyMs : idleMs, AbortSignal.any([stop.signal, woken.signal]));
      if (woken.signal.aborted) woken = new AbortController();
    }
  };

  const running = run();
  own(async () => {
    stop.abort();
    await running;
  });
  return { held: () => ({ holder, untilMs: clock.now() + leaseMs }), load, wake: () => woken.abort() };
}
