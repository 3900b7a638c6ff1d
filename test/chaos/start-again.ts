import { messageOf, systemClock } from '@reelay/shared/runtime';

const pauseMs = 300;

export interface Startable {
  readonly name: string;
  start(): Promise<void>;
}

/**
 * As a supervisor would: a process that ends while it starts, because a server is away at that moment, is started again, until it runs. Returns how
 * often it had to; throws the last failure after `withinMs`.
 */
export async function startAgain(process: Startable, withinMs = 120_000): Promise<number> {
  const giveUpAt = systemClock.monotonicMs() + withinMs;
  for (let failed = 0; ; failed++) {
    try {
      await process.start();
      return failed;
    } catch (error) {
      if (systemClock.monotonicMs() > giveUpAt)
        throw new Error(`${process.name} did not start within ${withinMs} ms: ${messageOf(error)}`, { cause: error });
      await systemClock.sleep(pauseMs);
    }
  }
}
