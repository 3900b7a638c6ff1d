/** What a line of the simulator's log says. Times are epoch seconds (UTC unless the zone setting says otherwise). */
export interface WatchEvent {
  kind: 'watch';
  time: number;
  userId: number;
  movieId: string;
  minute: number;
}

export interface RateEvent {
  kind: 'rate';
  time: number;
  userId: number;
  movieId: string;
  rating: number;
}

/** The simulator's own record of a request: the truth about availability as graded. */
export interface RecommendationEvent {
  kind: 'recommendation';
  time: number;
  /** Milliseconds within the second; lines carry 0, 3, 6 or 9 digits. */
  millisecond: number;
  userId: number;
  server: string;
  /** 200, or 0 for every kind of failure. */
  status: number;
  /** Movie ids of the list when `status` is 200, else empty. */
  movieIds: string[];
  /** Text of the failure when `status` is not 200. */
  error: string | null;
  latencyMs: number;
}

export interface AccountEvent {
  kind: 'account';
  time: number;
  userId: number;
}

export type LogEvent = WatchEvent | RateEvent | RecommendationEvent | AccountEvent;

/** Why a line was refused; a closed set, since it labels metrics and tables. */
export const quarantineReasons = [
  'LINE_TOO_LONG',
  'ENCODING',
  'FORM',
  'TIME',
  'USER',
  'USER_RANGE',
  'MOVIE_ID',
  'MINUTE_RANGE',
  'RATING',
  'RATING_RANGE',
  'STATUS',
  'LATENCY',
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

export type Parsed = { ok: true; event: LogEvent } | { ok: false; reason: QuarantineReason };
