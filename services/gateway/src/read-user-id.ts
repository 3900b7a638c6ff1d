import { AppError } from '@reelay/shared/runtime';

/** Largest user id; ids are signed 32-bit integers in rows and in packed arrays. */
export const userIdMax = 2 ** 31 - 1;

/** Leading zeros are read; more digits than this are no id, whatever they say. */
const digitsOnly = /^[0-9]{1,32}$/;

/**
 * User id of the raw path segment after `/recommend/`: a decimal integer from 1 to 2³¹−1. The segment is not percent-decoded first, so an
 * encoded `..`, line break or digit is never an id. Throws `USER_ID_INVALID`; the text never repeats what was sent.
 */
export function readUserId(segment: string): number {
  const userId = digitsOnly.test(segment) ? Number(segment) : 0;
  if (userId < 1 || userId > userIdMax) {
    throw new AppError('USER_ID_INVALID', `a user id is a decimal integer from 1 to ${userIdMax}`);
  }
  return userId;
}
