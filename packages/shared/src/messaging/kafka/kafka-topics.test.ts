import type { SeekEntry } from 'kafkajs';
import { expect, test } from 'vitest';
import { readRanges } from './kafka-topics.ts';

type Offsets = (SeekEntry & { high: string; low: string })[];

/** An admin client with one topic, whose first answers are `failures`. */
function adminOf(failures: Error[]) {
  const left = [...failures];
  return {
    listTopics: async () => ['log'],
    fetchTopicOffsets: async (): Promise<Offsets> => {
      const failure = left.shift();
      if (failure) throw failure;
      return [{ partition: 0, offset: '3', high: '3', low: '1' }];
    },
  };
}

/** As kafkajs makes them; its classes cannot be imported by name. */
const protocolError = (type: string) =>
  Object.assign(new Error('of the broker'), { name: 'KafkaJSProtocolError', type });
const noLeader = protocolError('NOT_LEADER_FOR_PARTITION');

test('ranges are read once the leader of a new partition knows of it', async () => {
  const admin = adminOf([noLeader, protocolError('LEADER_NOT_AVAILABLE'), noLeader]);
  expect(await readRanges(admin, 'log')).toEqual([{ partition: 0, low: 1, high: 3 }]);
});

test('a leader that never knows is an error, and so is any other one at once', async () => {
  await expect(readRanges(adminOf(Array.from({ length: 99 }, () => noLeader)), 'log')).rejects.toBe(noLeader);
  const other = protocolError('TOPIC_AUTHORIZATION_FAILED');
  await expect(readRanges(adminOf([other]), 'log')).rejects.toBe(other);
});
