import type { Follower, LogBatch, LogLine, PartitionRange } from '../messaging/index.ts';

/** A follower that keeps what it was given, for tests. `start` says where to read from; the beginning unless told. */
export class LogRecorder implements Follower {
  readonly asked: PartitionRange[] = [];
  readonly batches: LogBatch[] = [];
  readonly revoked: number[] = [];
  start: (range: PartitionRange) => number = (range) => range.low;
  /** What the handler does with a batch, before it is kept. */
  handle: (batch: LogBatch) => Promise<void | { resumeAt: number }> | void | { resumeAt: number } = () => {};

  async from(range: PartitionRange): Promise<number> {
    this.asked.push(range);
    return this.start(range);
  }

  async onBatch(batch: LogBatch): Promise<void | { resumeAt: number }> {
    const outcome = await this.handle(batch);
    this.batches.push(batch);
    return outcome;
  }

  onRevoked(partition: number): void {
    this.revoked.push(partition);
  }

  lines(partition = 0): LogLine[] {
    return this.batches.filter((batch) => batch.partition === partition).flatMap((batch) => batch.lines);
  }

  texts(partition = 0): string[] {
    return this.lines(partition).map((line) => Buffer.from(line.bytes).toString('utf8'));
  }

  offsets(partition = 0): number[] {
    return this.lines(partition).map((line) => line.offset);
  }
}
