import type { Answers } from './answers.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { EventLog } from './event-log.ts';
import type { Histories } from './histories.ts';
import type { Plans } from './plans.ts';
import type { SliceQueue } from './slice-queue.ts';
import type { WorkQueue } from './work-queue.ts';
import { AppError } from '../runtime/index.ts';

export interface OpenOptions {
  /** First part of every queue name and key, so that several deployments share a server. */
  namespace?: string;
  /** Opening waits this long for the first connection (2 s); after that it goes on trying by itself. */
  connectWaitMs?: number;
  /** Told of background trouble (a lost connection, a failed poll); never called with secrets. */
  onProblem?: (problem: { port: string; code: string; message: string }) => void;
}

export interface EventLogOptions extends OpenOptions {
  /** Readers with the same group share partitions. */
  group?: string;
  sessionTimeoutMs?: number;
}

const scheme = (url: string): string => url.slice(0, url.indexOf(':'));

const unsupported = (port: string, url: string, known: string): AppError =>
  new AppError('UNSUPPORTED', `no ${port} adapter for "${scheme(url)}:"; use ${known}`);

/** Adapters are imported when their URL asks for them: a process loads only the drivers that it uses. */
export async function openWorkQueue<T>(url: string, options: OpenOptions = {}): Promise<WorkQueue<T>> {
  if (scheme(url) === 'memory') return new (await import('./memory/memory-work-queue.ts')).MemoryWorkQueue<T>();
  if (/^amqps?$/.test(scheme(url))) {
    return (await import('./rabbitmq/rabbit-work-queue.ts')).openRabbitWorkQueue<T>(url, options);
  }
  throw unsupported('WorkQueue', url, 'memory: or amqp://');
}

export async function openBatchQueue(url: string, options: OpenOptions = {}): Promise<BatchQueue> {
  if (scheme(url) === 'memory') return new (await import('./memory/memory-batch-queue.ts')).MemoryBatchQueue();
  if (/^amqps?$/.test(scheme(url))) {
    return (await import('./rabbitmq/rabbit-batch-queue.ts')).openRabbitBatchQueue(url, options);
  }
  throw unsupported('BatchQueue', url, 'memory: or amqp://');
}

export async function openSliceQueue(url: string, options: OpenOptions = {}): Promise<SliceQueue> {
  if (scheme(url) === 'memory') return new (await import('./memory/memory-slice-queue.ts')).MemorySliceQueue();
  if (/^amqps?$/.test(scheme(url))) {
    return (await import('./rabbitmq/rabbit-slice-queue.ts')).openRabbitSliceQueue(url, options);
  }
  throw unsupported('SliceQueue', url, 'memory: or amqp://');
}

export async function openAnswers(url: string, options: OpenOptions = {}): Promise<Answers> {
  if (scheme(url) === 'memory') return new (await import('./memory/memory-answers.ts')).MemoryAnswers(options);
  if (/^rediss?$/.test(scheme(url))) return (await import('./redis/redis-answers.ts')).openRedisAnswers(url, options);
  throw unsupported('Answers', url, 'memory: or redis://');
}

export async function openHistories(url: string, options: OpenOptions = {}): Promise<Histories> {
  if (scheme(url) === 'memory') return new (await import('./memory/memory-histories.ts')).MemoryHistories();
  if (/^rediss?$/.test(scheme(url))) {
    return (await import('./redis/redis-histories.ts')).openRedisHistories(url, options);
  }
  throw unsupported('Histories', url, 'memory: or redis://');
}

export async function openPlans(url: string, options: OpenOptions = {}): Promise<Plans> {
  if (scheme(url) === 'memory') return new (await import('./memory/memory-plans.ts')).MemoryPlans(options);
  if (/^rediss?$/.test(scheme(url))) return (await import('./redis/redis-plans.ts')).openRedisPlans(url, options);
  throw unsupported('Plans', url, 'memory: or redis://');
}

export async function openEventLog(url: string, options: EventLogOptions = {}): Promise<EventLog> {
  if (scheme(url) === 'sqlite') return (await import('./sqlite/sqlite-event-log.ts')).openSqliteEventLog(url, options);
  if (scheme(url) === 'kafka') return (await import('./kafka/kafka-event-log.ts')).openKafkaEventLog(url, options);
  throw unsupported('EventLog', url, 'sqlite:<file> or kafka://host:port');
}
