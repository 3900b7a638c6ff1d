import { AppError, type ErrorCode } from './errors.ts';

/**
 * The promise, or an `AppError` with `code` after `ms`. The work itself goes on; whoever started it must bear a late end.
 */
export async function within<T>(ms: number, what: string, work: Promise<T>, code: ErrorCode = 'TIMEOUT'): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError(code, `${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
