import { Cron } from 'croner';
import { AppError, messageOf, type Own } from '@reelay/shared/runtime';

/**
 * Calls `train` whenever the schedule says (cron, UTC). A time that comes while no process runs is left out. Throws `CONFIG_INVALID` for
 * a schedule that is none.
 */
export function trainOnSchedule(schedule: string, train: () => Promise<void>, own: Own): void {
  if (schedule === 'off') return;
  try {
    const cron = new Cron(schedule, { timezone: 'UTC', protect: true }, train);
    own(() => cron.stop());
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `TRAIN_SCHEDULE "${schedule}": ${messageOf(cause)}`, { cause });
  }
}
