import { z } from 'zod';

const sum = z.number();

/**
 * Sums over users of a figure that is a ratio: `n` answers or ratings of a user, `y` what is counted among them (watched lists, failures, squared
 * errors). All that a test with the user as its unit needs, whatever the number of users; sums of parts add up.
 */
export const userSums = z.object({ users: sum, n: sum, y: sum, nn: sum, yy: sum, ny: sum });
export type UserSums = z.infer<typeof userSums>;

export const noUserSums = (): UserSums => ({ users: 0, n: 0, y: 0, nn: 0, yy: 0, ny: 0 });

export function addUserTo(sums: UserSums, n: number, y: number): void {
  sums.users++;
  sums.n += n;
  sums.y += y;
  sums.nn += n * n;
  sums.yy += y * y;
  sums.ny += n * y;
}
