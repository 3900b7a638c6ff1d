import { formatLogTime } from './log-time.ts';

/** What became of one request, as the course's client sees it: in time and usable, or nothing (logged as status 0). */
export type RequestResult =
  { status: 200; movieIds: string[]; latencyMs: number } | { status: 0; error: string; latencyMs: number };

export const formatWatch = (time: number, userId: number, movieId: string, minute: number): string =>
  `${formatLogTime(time)},${userId},GET /data/m/${movieId}/${minute}.mpg`;

export const formatRate = (time: number, userId: number, movieId: string, rating: number): string =>
  `${formatLogTime(time)},${userId},GET /rate/${movieId}=${rating}`;

export const formatAccount = (time: number, userId: number): string =>
  `${formatLogTime(time)},${userId},GET /create_account`;

/** `nanosecond` within the second: these lines alone carry a fraction. */
export function formatRecommendation(
  at: { second: number; nanosecond: number },
  userId: number,
  server: string,
  result: RequestResult,
): string {
  const text = result.status === 200 ? result.movieIds.join(', ') : result.error;
  const time = formatLogTime(at.second, at.nanosecond);
  return `${time},${userId},recommendation request ${server}, status ${result.status}, result: ${text}, ${result.latencyMs} ms`;
}

/** `host` is what the client was told, `address` what it found; the texts are those of the course's client. */
export interface Peer {
  host: string;
  address: string;
  port: number;
}

export const errorTexts = {
  timeout: ({ host, address, port }: Peer, deadlineMs: number): string =>
    `java.util.concurrent.TimeoutException: Request timeout to ${host}/${address}:${port} after ${deadlineMs} ms`,
  refused: ({ host, address, port }: Peer): string =>
    `java.net.ConnectException: Connection refused: ${host}/${address}:${port}`,
  unexpectedStatus: (status: number): string => `dispatch.StatusCode: Unexpected response status: ${status}`,
  closed: (): string => 'java.io.IOException: Remotely closed',
  /** Ours: what the course's client does with a body that is no list was never seen. */
  unreadable: (): string => 'java.lang.IllegalArgumentException: Response is not a list of 1 to 20 movie ids',
};
