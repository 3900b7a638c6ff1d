import { fork, type ChildProcess } from 'node:child_process';

/** A process of the bench's own. It is asked one thing at a time. */
export interface PartProcess {
  readonly pid: number;
  /** What it said first. */
  readonly hello: Record<string, unknown>;
  /** Sends a question and resolves with the answer; rejects when the process ends before. */
  ask<Result>(question: object): Promise<Result>;
  stop(): Promise<void>;
}

// A bench that is cut off must not leave its processes behind.
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a file that calls `answerQuestions`; resolves when it says that it is ready. */
export async function startPart(file: string, args: string[]): Promise<PartProcess> {
  const child = fork(file, args, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', (code) => reject(new Error(`${file} ended (${code})`))),
  );
  gone.catch(() => {});
  running.add(child);
  child.once('exit', () => running.delete(child));
  const heard = <Result>() =>
    new Promise<Result>((resolve) => child.once('message', (said) => resolve(said as Result)));
  const hello = await Promise.race([heard<Record<string, unknown>>(), gone]);
  return {
    hello,
    pid: child.pid ?? 0,
    ask<Result>(question: object) {
      child.send(question);
      return Promise.race([heard<Result>(), gone]);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The other side of `startPart`: ready now, and answering each question. A failure ends the process. */
export function answerQuestions(answer: (question: never) => Promise<object>): void {
  process.on('message', (question) => {
    answer(question as never).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.({ ready: true });
}
