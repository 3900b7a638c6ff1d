import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { boundedStdout } from './bounded-output.ts';

export type Logger = PinoLogger;

/** Fields that may carry secrets; URLs of servers carry passwords. */
const redact = ['*.password', '*.url', 'url', 'password', 'apiKey', '*.apiKey'];

export interface LogOptions {
  level?: string;
  /** Where lines go; standard output when absent. */
  destination?: DestinationStream;
}

/**
 * A structured logger: constant text, facts as fields, one JSON object a line. It never waits for a slow reader or disk:
 * see `openBoundedOutput`.
 */
export function createLogger(service: string, { level = 'info', destination }: LogOptions = {}): Logger {
  return pino({ name: service, level, redact, base: { service } }, destination ?? boundedStdout());
}

/** A logger that keeps its lines, for tests: `lines` are the parsed objects. */
export function createMemoryLogger(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { log: createLogger('test', { level: 'trace', destination }), lines };
}
