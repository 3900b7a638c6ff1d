/** What a sound line says, as these tests understand it; shares nothing with the ingestor's parser. */
export type PlainEvent =
  | { kind: 'watch'; time: number; userId: number; movieId: string; minute: number }
  | { kind: 'rate'; time: number; userId: number; movieId: string; rating: number }
  | { kind: 'recommendation' | 'account'; time: number; userId: number };

/** Throws for a line that is none: what is given here was made by the generator and is not marked as detectable dirt. */
export function readPlainly(line: string): PlainEvent {
  const [stamp = '', user = '', ...rest] = line.split(',');
  const [time, userId, text] = [Math.floor(Date.parse(`${stamp}Z`) / 1_000), Number(user), rest.join(',')];
  const watch = /^GET \/data\/m\/(.+)\/(\d+)\.mpg$/.exec(text);
  if (watch) return { kind: 'watch', time, userId, movieId: watch[1] ?? '', minute: Number(watch[2]) };
  const rate = /^GET \/rate\/(.+)=(\d+)$/.exec(text);
  if (rate) return { kind: 'rate', time, userId, movieId: rate[1] ?? '', rating: Number(rate[2]) };
  if (text.startsWith('recommendation request ')) return { kind: 'recommendation', time, userId };
  if (text === 'GET /create_account') return { kind: 'account', time, userId };
  throw new Error(`not a line of the log: ${line}`);
}

export interface PlainHistoryEntry {
  minutes: number;
  rating: number;
  ratedAt: number;
  time: number;
}

/** What each user did with each movie: largest minute plus one, newest rating, last time. */
export function historiesIn(lines: readonly string[]): Map<number, Map<string, PlainHistoryEntry>> {
  const users = new Map<number, Map<string, PlainHistoryEntry>>();
  for (const line of lines) {
    const event = readPlainly(line);
    if (event.kind !== 'watch' && event.kind !== 'rate') continue;
    const movies = users.get(event.userId) ?? new Map<string, PlainHistoryEntry>();
    users.set(event.userId, movies);
    const entry = movies.get(event.movieId) ?? { minutes: 0, rating: 0, ratedAt: 0, time: 0 };
    movies.set(event.movieId, entry);
    entry.time = Math.max(entry.time, event.time);
    if (event.kind === 'watch') entry.minutes = Math.max(entry.minutes, event.minute + 1);
    else if (event.time > entry.ratedAt || (event.time === entry.ratedAt && event.rating > entry.rating)) {
      Object.assign(entry, { rating: event.rating, ratedAt: event.time });
    }
  }
  return users;
}
