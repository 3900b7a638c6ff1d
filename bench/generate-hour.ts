const viewersAtOnce = 96_000;
const linesPerSecond = 1_600;
const users = 1_000_000;
const movies = 27_000;
const firstSecond = Date.UTC(2031, 4, 6, 12) / 1000;

interface Viewer {
  userId: number;
  movie: string;
  minute: number;
  runtime: number;
}

/** A small generator of numbers below a bound, the same for each seed (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const words = ['the', 'quiet', 'dune', 'salt', 'and', 'pepper', 'night', 'of', 'a', 'tale', 'lost', 'harbour'];
const stampOf = (time: number): string => new Date(time * 1000).toISOString().slice(0, 19);

/**
 * The course's stream at its busiest: 1,600 lines a second of 96,000 people of a million, each of whom sends a line a minute of one of
 * 27,000 movies; of 1,000 lines about 986 are watching, 5 ratings, 9 requests with 20 movies, one in 1,000 is dirty. Another seed has other
 * people and movies, another hour other times.
 */
export function* generateHour(count: number, { seed = 1, hour = 0 } = {}): Generator<string> {
  const below = seeded(seed);
  // The product of two numbers: a few movies are watched by many.
  const movie = (): string => {
    const number = Math.floor((below(movies) * below(movies)) / movies);
    return `${words[number % 12]}+${words[(number >> 3) % 12]}+${number}+${1950 + (number % 70)}`;
  };
  const start = (viewer: Partial<Viewer> = {}, minute = 0): Viewer =>
    Object.assign(viewer, { userId: 1 + below(users), movie: movie(), minute, runtime: 80 + below(70) });
  const viewers = Array.from({ length: viewersAtOnce }, () => start({}, below(80)));
  for (let made = 0; made < count; made += 1) {
    const time = firstSecond + hour * 3_600 + Math.floor(made / linesPerSecond);
    const viewer = viewers[made % viewersAtOnce];
    const head = `${stampOf(time)},${viewer.userId},`;
    const drawn = below(1_000);
    if (drawn < 9) {
      const list = Array.from({ length: 20 }, movie).join(', ');
      yield `${stampOf(time)}.${100 + below(900)},${viewer.userId},recommendation request team.example.org:8082, status 200, result: ${list}, ${below(300)} ms`;
    } else if (drawn < 14) yield `${head}GET /rate/${viewer.movie}=${1 + below(5)}`;
    else if (drawn < 15) yield `${head}GET /da ta/m/${viewer.movie}/${viewer.minute}.mpg`;
    else yield `${head}GET /data/m/${viewer.movie}/${viewer.minute}.mpg`;
    viewer.minute += 1;
    if (viewer.minute > viewer.runtime) start(viewer);
  }
}
