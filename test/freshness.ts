import { waitUntil } from '@reelay/shared/testing';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { askForJson, idsOf } from './ask-for-list.ts';
import type { World } from './world.ts';

/** What a user was shown before their line, and that line. */
export interface Before {
  userId: number;
  version: number;
  /** Head of their list, which the line says they now watch. */
  movieId: string;
  outcome: RecommendResponse['outcome'];
}

type AskedWorld = Pick<World, 'gateway'>;

/** Asks for each user's list; with `kept`, until the answer is one that was kept from before. */
export async function askBefore(
  world: AskedWorld,
  userIds: readonly number[],
  { kept }: { kept: boolean },
): Promise<Before[]> {
  return Promise.all(
    userIds.map(async (userId) => {
      let answer = await askForJson(world, userId);
      // What goes before is no part of the promise: a busy machine may answer it by a fallback first.
      const isWanted = async () => {
        if (kept ? answer.outcome === 'cache' : answer.outcome !== 'fallback') return true;
        answer = await askForJson(world, userId);
        return false;
      };
      await waitUntil(`user ${userId} has ${kept ? 'an answer that is kept' : 'a list of their own'}`, isWanted);
      const [movieId] = idsOf(answer);
      if (movieId === undefined || answer.history === null) throw new Error(`user ${userId} has no list of their own`);
      return { userId, version: answer.history.version, movieId, outcome: answer.outcome };
    }),
  );
}

/** A line of now in which the user watches the first movie of the list that they were shown. */
export const watchLineOf = ({ userId, movieId }: Before, time: Date): string =>
  `${time.toISOString().slice(0, 19)},${userId},GET /data/m/${movieId}/3.mpg`;

/**
 * Asks again and again until the answer counts the line: `history.version` is one more, the movie is gone from the list, and it
 * is no fallback. Returns milliseconds since `appendedAt` (`performance.now()`), or what the last answer lacked at the deadline.
 */
export async function untilSeen(
  world: AskedWorld,
  before: Before,
  { appendedAt, withinMs }: { appendedAt: number; withinMs: number },
): Promise<number | string> {
  for (;;) {
    const answer = await askForJson(world, before.userId);
    const lacks = lackOf(answer, before);
    const ms = performance.now() - appendedAt;
    if (lacks === undefined) return ms;
    if (ms > withinMs) return `user ${before.userId}: ${lacks}`;
  }
}

function lackOf(answer: RecommendResponse, { version, movieId }: Before): string | undefined {
  if (answer.outcome === 'fallback') return 'got a fallback';
  const found = answer.history?.version ?? 0;
  // An answer that says it counts the line and shows the movie is wrong, not late; so is one that counts what nobody sent.
  if (found > version + 1) return `the history has version ${found}, not ${version + 1}`;
  if (found <= version) return `the history still has version ${found}`;
  return idsOf(answer).includes(movieId) ? `version ${found} still shows ${movieId}` : undefined;
}
