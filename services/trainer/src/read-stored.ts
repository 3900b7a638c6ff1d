import { AppError, messageOf } from '@reelay/shared/runtime';

/** What `read` makes of a stored part of a version. Throws `ARTIFACT_CORRUPT` where it makes nothing of it. */
export function readStored<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AppError('ARTIFACT_CORRUPT', `${part} cannot be used: ${messageOf(cause)}`, { cause });
  }
}
