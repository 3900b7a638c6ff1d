import { fstatSync } from 'node:fs';
import { pino, type DestinationStream } from 'pino';

/** Where lines go without anybody waiting for them. */
export interface BoundedOutput extends DestinationStream {
  /** Lines that found no room. */
  readonly dropped: number;
  /** Calls back when all is written; not while nobody reads. */
  flush(done: () => void): void;
}

/** Bytes that wait for a reader that does not read, or a disk that is slow. */
const bufferBytesMax = 4 * 1024 * 1024;

let standard: BoundedOutput | undefined;

/**
 * Standard output, one for the whole process. Lines wait in a bounded buffer, and beyond it they are dropped and counted. A disk without room
 * costs lines, too, and not the process; when it has some again, what waits is written.
 */
export const boundedStdout = (): BoundedOutput => (standard ??= fstatSync(1).isFile() ? toFile() : toReader());

/** Node writes to a file at once, so that a slow disk stops the process: here it is done in the background. */
function toFile(): BoundedOutput {
  const output = pino.destination({ dest: 1, sync: false, maxLength: bufferBytesMax });
  let dropped = 0;
  output.on('drop', () => dropped++);
  // What failed is tried again with the next line.
  output.on('error', () => {});
  return {
    write: (line) => void output.write(line),
    flush: (done) => output.flush(() => done()),
    get dropped() {
      return dropped;
    },
  };
}

/** A pipe or a terminal: Node keeps what it does not take, without a bound of its own. */
function toReader(): BoundedOutput {
  const { stdout } = process;
  let dropped = 0;
  stdout.on('error', () => dropped++);
  return {
    write(line) {
      if (stdout.writableLength + line.length > bufferBytesMax || !stdout.writable) dropped++;
      else stdout.write(line);
    },
    flush: (done) => void (stdout.writable ? stdout.write('', () => done()) : done()),
    get dropped() {
      return dropped;
    },
  };
}
