import { errorCode, messageOf } from '@reelay/shared/runtime';
import type { TrainerDeps } from '../service.ts';

/**
 * For a fresh platform without anybody to press the button: looks again and again until there is a version, whoever made it, or until
 * it could train one itself. Ends then, or with the signal; never throws.
 */
export async function trainOnStart(
  deps: TrainerDeps,
  train: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await deps.ledger.versions()).length > 0) return;
      await train();
      return;
    } catch (error) {
      const waiting = ['NOT_ENOUGH_DATA', 'TRAINING_BUSY', 'NOT_RUNNING'].includes(errorCode(error) ?? '');
      if (!waiting) deps.log.warn({ error: messageOf(error) }, 'the first training is tried again');
    }
    await deps.clock.sleep(deps.config.TRAIN_ON_START_POLL_MS, signal);
  }
}
