import type { AdminRoute, Logger, Readiness, Registry } from '@reelay/shared/observability';
import type { Answers, BatchQueue, Histories, Plans, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import type { RecommendJob } from '@reelay/shared/contracts';
import type { Service } from '@reelay/shared/runtime';

export const threadNames = ['ingestor', 'inference-worker', 'trainer', 'release-manager', 'simulator'] as const;
export type ThreadName = (typeof threadNames)[number];

/** What a thread is given: settings, a logger, and the ports that live on the main thread. */
export interface ThreadContext {
  environment: Record<string, string>;
  log: Logger;
  queue: WorkQueue<RecommendJob>;
  batches: BatchQueue;
  slices: SliceQueue;
  answers: Answers;
  histories: Histories;
  plans: Plans;
}

/** A service that runs in a thread, with what it opened for itself. */
export interface ThreadedService {
  service: Service;
  registry: Registry;
  routes: Record<string, AdminRoute>;
  ready(): Readiness | Promise<Readiness>;
  close(): Promise<void>;
}

/** How the main thread speaks to a service in a thread. */
export interface ThreadControl {
  start(): Promise<void>;
  stop(): Promise<void>;
  metrics(): Promise<string>;
  ready(): Promise<Readiness>;
  /** Names of its admin routes, as `POST /admin/train`. */
  routes(): Promise<string[]>;
  call(route: string, body: unknown, query: Record<string, string>): Promise<unknown>;
}

/** Given to a thread at its birth. */
export interface ThreadData {
  name: ThreadName;
  environment: Record<string, string>;
  logFile: string;
  logLevel: string;
}
