const userIdMax = 2 ** 31 - 1;

/** Numbers of users at their places; `kept`: the data set's own ids are such numbers. */
export interface UserNumbers {
  kept: boolean;
  numbers: number[];
}

/** Keeps ids that are whole numbers from 1 to 2³¹ − 1; if one is not, all users are numbered from 1 on in the order of the file. */
export function numberUsers(userIds: readonly string[]): UserNumbers {
  const kept = userIds.every((id) => /^[1-9]\d{0,9}$/.test(id) && Number(id) <= userIdMax);
  return { kept, numbers: userIds.map((id, place) => (kept ? Number(id) : place + 1)) };
}
