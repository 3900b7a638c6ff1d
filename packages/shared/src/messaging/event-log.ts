import type { Subscription } from './work-queue.ts';

export interface LogLine {
  offset: number;
  /** The line's bytes, without line end; whatever they are. A tombstone is empty. */
  bytes: Uint8Array;
}

export interface LogBatch {
  partition: number;
  /** In order of offset; offsets may have gaps. Never empty. */
  lines: LogLine[];
  /** Next offset to be written, as known when the batch was read. */
  highWatermark: number;
}

export interface PartitionRange {
  partition: number;
  /** First offset that is still there. */
  low: number;
  /** Next offset to be written. */
  high: number;
}

export interface Follower {
  /**
   * Asked whenever this reader gets a partition (first start, restart, rebalance): the offset to read from. What
   * was gathered from the partition before and is not stored yet must be forgotten here. An offset outside the range is moved to
   * the nearest end of it.
   */
  from(range: PartitionRange): Promise<number>;
  /**
   * Batches of one partition come one after another, each starting at or after the offset asked for. `resumeAt` makes
   * the reader go on from another offset. A handler that throws gets the same lines again after a pause.
   */
  onBatch(batch: LogBatch): Promise<void | { resumeAt: number }>;
  /** The partition was taken from this reader; what is gathered and not stored belongs to its next owner. */
  onRevoked?(partition: number): void;
}

/** Lines by topic and partition, in order; readers keep their own position. Poison never blocks: bytes are bytes. */
export interface EventLog {
  readonly features: EventLogFeatures;
  isUp(): boolean;
  /** Appends in order to one partition (a key decides which; default: one partition after the other per call). Returns when they are durable. */
  append(topic: string, lines: (string | Uint8Array)[], options?: { partition?: number }): Promise<void>;
  follow(topic: string, follower: Follower): Promise<Subscription>;
  /** Range of every partition; creates nothing. Empty when there is no such topic. */
  ranges(topic: string): Promise<PartitionRange[]>;
  /** Makes the topic when it is not there. */
  ensureTopic(topic: string, partitions: number): Promise<void>;
  close(): Promise<void>;
}

export interface EventLogFeatures {
  /** Several readers share the partitions; without, one process reads all of them. */
  groups: boolean;
}
