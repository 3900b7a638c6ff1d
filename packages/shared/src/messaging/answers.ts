import type { Answer } from '../contracts/index.ts';
import type { Subscription } from './work-queue.ts';

/** An answer and the address of the gateway that waits for it. */
export interface AnswerPost {
  answer: Answer;
  replyTo: string;
  /** False for a list that was made to somebody's wishes: it is noticed, but is not the user's latest. */
  keep?: boolean;
}

/**
 * Where workers leave answers. One `post` is one trip: it keeps each answer as the user's latest (with a time to live)
 * and notices the waiting gateway. Answers with a `problem`, or posted with `keep: false`, are
 * noticed but not kept.
 *
 * - Nobody listening is no error; notices for an address are bounded (the oldest go) and vanish when nobody reads them.
 * - `STORE_DOWN` at once when the store is known to be away; every call is bounded in time.
 */
export interface Answers {
  isUp(): boolean;
  post(posts: AnswerPost[]): Promise<void>;
  /** Keeps each as the user's latest and notices nobody. One trip; the caller bounds how many. */
  keep(answers: Answer[]): Promise<void>;
  /** The user's latest kept answer, of whatever version, or null. */
  latest(userId: number): Promise<Answer | null>;
  /** Calls `onAnswers` with what arrives at `address`; resumes by itself after an outage, and begins after one. */
  listen(address: string, onAnswers: (answers: Answer[]) => void): Promise<Subscription>;
  close(): Promise<void>;
}

/** Time to live of a kept answer, and most notices that wait at one address. */
export const answerTtlSeconds = 24 * 3600;
export const noticesMax = 10_000;
/** How long unread notices of an address stay after the last of them came. */
export const noticeTtlSeconds = 60;
