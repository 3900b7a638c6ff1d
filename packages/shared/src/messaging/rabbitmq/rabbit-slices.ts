import type { Channel, ConsumeMessage, GetMessage, Options } from 'amqplib';
import { decodeJob } from '../job-codec.ts';
import { returnsMax, slicesMax, type SliceMessage } from '../slice-queue.ts';
import { deadQueueName } from './rabbit-messages.ts';

export const sliceQueueName = (namespace: string): string => `${namespace}.batch`;

/**
 * A quorum queue: it is on disk, replicated where there are several brokers, and counts how often a slice came back, which a classic queue
 * cannot. Past the limit the broker itself moves it to the dead letters.
 */
export const declareSliceQueue = (channel: Channel, namespace: string) =>
  channel.assertQueue(sliceQueueName(namespace), {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': returnsMax,
      'x-max-length': slicesMax,
      'x-overflow': 'reject-publish',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadQueueName(namespace),
    },
  });

/** Mandatory: what no queue takes comes back instead of being confirmed into nothing. */
export const sliceOptions = (messageId: string): Options.Publish => ({
  contentType: 'application/json',
  deliveryMode: 2,
  mandatory: true,
  messageId,
});

/** Throws `MESSAGE_INVALID` for what is none. */
export const sliceOf = (message: ConsumeMessage | GetMessage): SliceMessage => {
  const { jobId, sliceNo } = decodeJob(message.content.toString()) as SliceMessage;
  return { jobId: String(jobId), sliceNo: Number(sliceNo) };
};

/** The broker counts from the second delivery on. */
export function returnsOf(message: ConsumeMessage): number {
  const count = Number(message.properties.headers?.['x-delivery-count']);
  return Number.isInteger(count) && count > 0 ? count : 0;
}

/** Whether a dead letter is a slice: one that a worker rejected, or one that came back too often. */
export const isDeadSlice = ({ properties }: GetMessage, namespace: string): boolean =>
  properties.headers?.['x-slot'] === 'batch' ||
  properties.headers?.['x-first-death-queue'] === sliceQueueName(namespace);

export function deadSliceReason({ properties }: GetMessage): string {
  const reason: unknown = properties.headers?.['x-reason'] ?? properties.headers?.['x-first-death-reason'];
  return typeof reason === 'string' ? reason : 'unknown';
}
