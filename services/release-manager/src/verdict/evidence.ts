import { noLatencies, type LatencyCounts } from './latency-counts.ts';
import { noUserSums, type UserSums } from '@reelay/shared/contracts';

/** What was seen of one track since the canary has its present share. */
export interface TrackEvidence {
  /** Distinct users with an answer; for the sample-ratio check. */
  users: number;
  /** `y`: answers that failed or came from the fallback. */
  unanswered: UserSums;
  latency: LatencyCounts;
  /** `y`: answers of which something was watched. Of answers whose outcome window is over. */
  watched: UserSums;
  /** `n` ratings of what was recommended, `y` sum of the squared differences from what was foretold. */
  squaredErrors: UserSums;
}

export interface CanaryEvidence {
  /** Epoch of the plan that this was seen under; a verdict counts for no other. */
  epoch: number;
  /** Share of users on the canary, 0 to 1. */
  share: number;
  /** For how long. */
  elapsedMs: number;
  stable: TrackEvidence;
  canary: TrackEvidence;
  /** Workers that could not load the canary, or that died of it, in words; null when none did. */
  failure: string | null;
}

export const noTrackEvidence = (): TrackEvidence => ({
  users: 0,
  unanswered: noUserSums(),
  latency: noLatencies(),
  watched: noUserSums(),
  squaredErrors: noUserSums(),
});
