import type { Channel, ConsumeMessage, GetMessage, Options } from 'amqplib';
import { slots, tracks, type Slot } from '../../contracts/index.ts';
import { decodeJob } from '../job-codec.ts';
import { deadLettersMax, queueLengthMax, type DeadLetter } from '../work-queue.ts';

/** The broker counts a message's time in 32 bits. */
const expirationMaxMs = 2 ** 32 - 1;
const reasonLengthMax = 500;

export const queueName = (namespace: string, slot: Slot): string => `${namespace}.${slot}`;
export const deadQueueName = (namespace: string): string => `${namespace}.dead`;

const bounded = (length: number): Options.AssertQueue => ({
  durable: true,
  arguments: { 'x-max-length': length, 'x-overflow': 'drop-head' },
});

/**
 * The queues of single jobs. Durable classic ones: later brokers refuse transient ones. No dead-letter exchange on the slots: in an overload every expired
 * job would be written once more, which triples the broker's work just then.
 */
export async function declareQueues(channel: Channel, namespace: string): Promise<void> {
  for (const slot of tracks) await channel.assertQueue(queueName(namespace, slot), bounded(queueLengthMax));
  await channel.assertQueue(deadQueueName(namespace), bounded(deadLettersMax));
}

/**
 * The broker drops the job after its budget, and hands that budget on: so a worker knows what was left at publish, since no two hosts share a
 * clock. A first attempt carries no headers: a table of them costs publisher, broker and consumer more than all the rest of a small message.
 */
export function jobOptions(attempt: number, budgetMs: number): Options.Publish {
  const budget = Math.min(Math.max(1, Math.ceil(budgetMs)), expirationMaxMs);
  const expiration = String(budget);
  return attempt === 1 ? { expiration } : { expiration, headers: { 'x-attempt': attempt } };
}

export function deadOptions(slot: Slot, attempts: number, reason: string): Options.Publish {
  const headers = { 'x-slot': slot, 'x-attempt': attempts, 'x-reason': reason.slice(0, reasonLengthMax) };
  return { contentType: 'application/json', deliveryMode: 2, headers };
}

const header = (message: ConsumeMessage | GetMessage, name: string): unknown => message.properties.headers?.[name];

export function attemptOf(message: ConsumeMessage | GetMessage): number {
  const attempt = Number(header(message, 'x-attempt'));
  return Number.isInteger(attempt) && attempt >= 1 ? attempt : 1;
}

/** What was left of the budget at publish: at least what is left now. Of a job without one, the longest there is. */
export function budgetOf(message: ConsumeMessage): number {
  const budget = Number(message.properties.expiration);
  return Number.isFinite(budget) && budget > 0 ? budget : expirationMaxMs;
}

export function deadLetterOf<T>(message: GetMessage): DeadLetter<T> {
  const slot = slots.find((known) => known === header(message, 'x-slot')) ?? otherSlot(message);
  const reason = header(message, 'x-reason');
  return {
    slot,
    job: jobOrNull(message.content) as T | null,
    reason: typeof reason === 'string' ? reason : 'unknown',
    attempts: attemptOf(message),
  };
}

/** A slice that came back too often was moved by the broker, which says so by the fact that it counted. */
const otherSlot = (message: GetMessage): Slot =>
  header(message, 'x-slot') === 'batch' || header(message, 'x-first-death-queue') !== undefined ? 'batch' : 'stable';

function jobOrNull(content: Buffer): unknown {
  try {
    return decodeJob(content.toString());
  } catch {
    return null;
  }
}
