import { AppError, messageOf } from '../runtime/index.ts';

/** A job as it travels: JSON, the same for every adapter, so that none is kinder than another. `MESSAGE_INVALID` when it has no JSON form. */
export function encodeJob(job: unknown): string {
  try {
    const text = JSON.stringify(job);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new AppError('MESSAGE_INVALID', `job has no JSON form: ${messageOf(cause)}`, { cause });
  }
  throw new AppError('MESSAGE_INVALID', 'job has no JSON form');
}

/** The job of a message, a new object each time; its form is what the publisher gave it. `MESSAGE_INVALID` when the text is no JSON. */
export function decodeJob(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError('MESSAGE_INVALID', `message is not JSON: ${messageOf(cause)}`, { cause });
  }
}
