import type { ChaosTarget } from './run-chaos.ts';

/** A process that the test started and starts again. */
export interface StartedProcess {
  readonly name: string;
  /** 0 while it does not run. */
  readonly pid: number;
  start(): Promise<void>;
  /** Asks it to end; resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** A process as a target; held and resumed by its own number, never by a name. */
export const processTarget = (started: StartedProcess): ChaosTarget => ({
  name: started.name,
  start: () => started.start(),
  stop: () => started.stop(),
  kill: () => started.kill(),
  pause: () => signal(started, 'SIGSTOP'),
  resume: () => signal(started, 'SIGCONT'),
});

/** One that has ended by itself needs no signal. */
function signal({ pid }: StartedProcess, name: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid <= 0) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
