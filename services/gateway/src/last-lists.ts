import type { Answer } from '@reelay/shared/contracts';

/** Last list of each of the `usersMax` users who asked most recently: what a fallback shows first. */
export interface LastLists {
  remember(answer: Answer): void;
  of(userId: number): Answer | undefined;
}

export function createLastLists(usersMax: number): LastLists {
  // A Map keeps the order of insertion: the first key is the one longest unchanged.
  const lists = new Map<number, Answer>();
  return {
    remember(answer) {
      lists.delete(answer.userId);
      lists.set(answer.userId, answer);
      if (lists.size <= usersMax) return;
      const [oldest] = lists.keys();
      if (oldest !== undefined) lists.delete(oldest);
    },
    of: (userId) => lists.get(userId),
  };
}
