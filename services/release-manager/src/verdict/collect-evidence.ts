import type { Track, UserSums } from '@reelay/shared/contracts';
import { noTrackEvidence, type CanaryEvidence, type TrackEvidence } from './evidence.ts';
import { addLatency } from './latency-counts.ts';

/** One answer to one user. `latencyMs`: publish to arrival; a dropped job counts as its budget; null where no job was published. */
export interface SeenAnswer {
  userId: number;
  track: Track;
  /** It failed, or came from the fallback. */
  unanswered: boolean;
  latencyMs: number | null;
}

/** What became of an answer whose outcome window is over. */
export interface SeenOutcome {
  userId: number;
  track: Track;
  watched: boolean;
}

/** A rating of something recommended, and what was foretold for it when it was. */
export interface SeenRating {
  userId: number;
  track: Track;
  rating: number;
  foretold: number;
}

export interface EvidenceCollector {
  answer(seen: SeenAnswer): void;
  outcome(seen: SeenOutcome): void;
  rating(seen: SeenRating): void;
  /** All so far. */
  evidence(told: Pick<CanaryEvidence, 'epoch' | 'share' | 'elapsedMs' | 'failure'>): CanaryEvidence;
}

/**
 * Sums what is seen of a release, one thing at a time and in any order, into what a verdict needs. One collector for each step of a
 * canary: what was seen under another share is no evidence for this one. Memory: a few numbers a user.
 */
export function createEvidenceCollector(): EvidenceCollector {
  const tracks = { stable: createTrackSums(), canary: createTrackSums() };
  return {
    answer: ({ track, ...seen }) => tracks[track].answer(seen),
    outcome: ({ track, userId, watched }) => tracks[track].watched.add(userId, watched ? 1 : 0),
    rating: ({ track, userId, rating, foretold }) => tracks[track].squaredErrors.add(userId, (rating - foretold) ** 2),
    evidence: (told) => ({ ...told, stable: tracks.stable.evidence(), canary: tracks.canary.evidence() }),
  };
}

function createTrackSums() {
  const { unanswered, watched, squaredErrors, latency } = noTrackEvidence();
  const answers = createUserSums(unanswered);
  return {
    watched: createUserSums(watched),
    squaredErrors: createUserSums(squaredErrors),
    answer({ userId, unanswered: failed, latencyMs }: Omit<SeenAnswer, 'track'>): void {
      answers.add(userId, failed ? 1 : 0);
      if (latencyMs !== null) addLatency(latency, latencyMs);
    },
    evidence: (): TrackEvidence => ({
      users: unanswered.users,
      unanswered: { ...unanswered },
      watched: { ...watched },
      squaredErrors: { ...squaredErrors },
      latency: { ...latency, counts: [...latency.counts] },
    }),
  };
}

/** Keeps the sums of squares true while one more of a user's figures comes: (n+1)² = n² + 2n + 1, and so on. */
function createUserSums(sums: UserSums) {
  const users = new Map<number, { n: number; y: number }>();
  return {
    add(userId: number, y: number): void {
      const user = users.get(userId) ?? { n: 0, y: 0 };
      if (user.n === 0) {
        users.set(userId, user);
        sums.users++;
      }
      sums.n++;
      sums.y += y;
      sums.nn += 2 * user.n + 1;
      sums.yy += 2 * user.y * y + y * y;
      sums.ny += user.y + (user.n + 1) * y;
      user.n++;
      user.y += y;
    },
  };
}
