import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '@reelay/shared/runtime';
import type { EventLog } from '@reelay/shared/messaging';
import { createPopulation, generateHistory } from '../../services/simulator/src/index.ts';
import { partitions, topic } from './ingest-fault-world.ts';

const beatMs = 100;
/** One line in so many is none. */
export const badEvery = 1_000;

export interface Pump {
  /** Lines that were given to the log; beyond a failed append nobody knows how many of them stand there. */
  readonly sent: number;
  stop(): Promise<void>;
}

/** Made lines of all kinds, and one that is none in a thousand. */
export function* madeLines(seed: number): Generator<string, never> {
  for (let made = 0; ; seed++) {
    const population = createPopulation({ seed, preset: 'tiny' });
    for (const { line } of generateHistory(population, { lines: 50_000, dirt: 0 })) {
      made++;
      yield made % badEvery === 0 ? `no line of the log, number ${made}` : line;
    }
  }
}

/** Appends lines at a rate, to one partition after the other, for as long as it is not stopped, whatever the log says. */
export function pumpLines(eventLog: EventLog, lines: Iterator<string, never>, linesPerSecond: number): Pump {
  const end = new AbortController();
  const startedAt = performance.now();
  let [sent, turn] = [0, 0];
  const running = (async () => {
    while (!end.signal.aborted) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * linesPerSecond) - sent;
      const some = Array.from({ length: Math.min(due, linesPerSecond) }, () => lines.next().value);
      sent += due;
      if (some.length > 0) {
        await eventLog.append(topic, some, { partition: turn++ % partitions }).catch((error: unknown) => {
          if (errorCode(error) !== 'EVENT_LOG_DOWN') throw error;
        });
      }
      await pause(beatMs, undefined, { signal: end.signal }).catch(() => {});
    }
  })();
  return {
    get sent() {
      return sent;
    },
    stop() {
      end.abort();
      return running;
    },
  };
}
