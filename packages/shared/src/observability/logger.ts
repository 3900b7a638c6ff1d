import { writeSync } from 'node:fs';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** Fields that may carry secrets; URLs of servers carry passwords. */
const redact = ['*.password', '*.url', 'url', 'password', 'apiKey', '*.apiKey'];

export interface LogOptions {
  level?: string;
  /** Where lines go; standard output when absent. */
  destination?: DestinationStream;
}

/**
 * A structured logger: constant text, facts as fields, one JSON object a line. It never blocks the event loop on a slow
 * reader: lines wait in a bounded buffer and are dropped (and counted) beyond it.
 */
export function createLogger(service: string, { level = 'info', destination }: LogOptions = {}): Logger {
  return pino({ name: service, level, redact, base: { service } }, destination ?? boundedStdout());
}

/** Lines kept for a reader that does not read; about 4 MiB. */
const bufferBytesMax = 4 * 1024 * 1024;
let shared: (DestinationStream & { dropped: number }) | undefined;

/** Standard output, asynchronous and bounded; one for the whole process. */
export function boundedStdout(): DestinationStream & { dropped: number } {
  shared ??= openStdout();
  return shared;
}

function openStdout(): DestinationStream & { dropped: number } {
  let failed = false;
  // A disk without room takes no line; that must not end the service that would say so.
  process.stdout.on('error', () => {
    failed = true;
    destination.dropped++;
  });
  const destination = {
    dropped: 0,
    write(line: string) {
      if (failed) this.dropped += writeOrDrop(line);
      else if (process.stdout.writableLength > bufferBytesMax) this.dropped++;
      else process.stdout.write(line);
    },
  };
  return destination;
}

/** The stream takes nothing more once a write has failed; the file may. Returns the number of lines that were dropped. */
function writeOrDrop(line: string): number {
  try {
    writeSync(1, line);
    return 0;
  } catch {
    return 1;
  }
}

/** A logger that keeps its lines, for tests: `lines` are the parsed objects. */
export function createMemoryLogger(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { log: createLogger('test', { level: 'trace', destination }), lines };
}
