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

export interface LogSubscription extends Subscription {
  /**
   * Asks `from` again for a partition, soon and between two batches; nothing when this reader does not have it. For what
   * is found out between batches, such as a lost ownership.
   */
  restart(partition: number): void;
}

/** Lines by topic and partition, in order; readers keep their own position. Poison never blocks: bytes are bytes. */
export interface EventLog {
  readonly features: EventLogFeatures;
  isUp(): boolean;
  /**
   * Appends in order to one partition: the one named, else one after the other, call by call. Returns when they are
   * durable. `EVENT_LOG_DOWN` when the log is away: then some of the lines may be there, and a repeated append doubles them.
   * `NOT_FOUND` when there is no such topic or partition.
   */
  append(topic: string, lines: (string | Uint8Array)[], options?: { partition?: number }): Promise<void>;
  /** Waits for a topic that is not there yet. */
  follow(topic: string, follower: Follower): Promise<LogSubscription>;
  /** Range of every partition; creates nothing. Empty when there is no such topic. */
  ranges(topic: string): Promise<PartitionRange[]>;
  /** Makes the topic when it is not there; one that is there keeps its partitions. */
  ensureTopic(topic: string, partitions: number): Promise<void>;
  /** Stops all readers, waits for handlers; afterwards everything throws `PORT_CLOSED`. */
  close(): Promise<void>;
}

/** Most lines of one batch. */
export const logBatchMax = 5_000;

export interface EventLogFeatures {
  /** Several readers share the partitions; without, one process reads all of them. */
  groups: boolean;
}
