import { AppError } from './errors.ts';

/**
 * A thing that runs. `start` resolves when it is really up; a second `start` waits for the first; a failing start leaves
 * nothing open. `stop` waits for what is in hand, bears being called twice, before `start`, and during it.
 */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Registers the undo of what was just opened; undo runs in reverse, each step even if another failed. */
export type Own = (undo: () => Promise<void> | void) => void;

/**
 * Makes a `Service` from one function that opens things and registers, on the next line, how to undo each.
 *
 * States: idle → starting → up → stopping → idle. A stop while starting waits for the start to end (the signal handed to
 * `open` lets a long start give up) and then undoes it; the start then fails with `NOT_RUNNING`.
 */
export function createService(name: string, open: (own: Own, signal: AbortSignal) => Promise<void>): Service {
  let undo: (() => Promise<void> | void)[] = [];
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let abort = new AbortController();

  async function begin(): Promise<void> {
    await stopping;
    abort = new AbortController();
    try {
      await open((step) => undo.push(step), abort.signal);
      if (abort.signal.aborted) throw new AppError('NOT_RUNNING', `${name} was stopped while it started`);
    } catch (error) {
      starting = undefined;
      await undoAll(undo.splice(0)).catch(() => {});
      throw error;
    }
  }

  async function end(): Promise<void> {
    abort.abort();
    await starting?.catch(() => {});
    starting = undefined;
    const steps = undo;
    undo = [];
    await undoAll(steps);
  }

  return {
    name,
    start: () => (starting ??= begin()),
    stop: () =>
      (stopping ??= end().finally(() => {
        stopping = undefined;
      })),
  };
}

async function undoAll(steps: (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps.reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'stopped, with failures');
}
