import type { Writable } from 'node:stream';

/**
 * What is written to this stream within one turn leaves as one system call. amqplib writes each message by itself: at 64 jobs a turn that was
 * a third of the gateway's CPU, and the broker woke up for each of them, too.
 */
export function gatherWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let gathering = false;
  stream.write = (...args: unknown[]): boolean => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      process.nextTick(() => {
        gathering = false;
        stream.uncork();
      });
    }
    return write(...args);
  };
}
