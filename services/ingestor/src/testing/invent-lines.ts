/** A small generator of numbers with a seed (mulberry32), so that a test's lines are the same each time. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const firstSecond = Date.UTC(2031, 0, 1) / 1000;
const stamp = (time: number): string => {
  const iso = new Date(time * 1000).toISOString().slice(0, 19);
  return iso.endsWith(':00') ? iso.slice(0, 16) : iso;
};
const movie = (number: number): string => `tale+no_+${number}+${1950 + (number % 70)}`;
const dirt = (line: string, place: number, character: string): string =>
  line.slice(0, place) + character + line.slice(place);

/**
 * Invented lines of all kinds in the order of their time: people who watch a movie minute by minute and some of whom rate it,
 * requests, accounts, repeated lines and one dirty line in about a hundred.
 */
export function inventLines(count: number, seed = 1): string[] {
  const below = seeded(seed);
  const viewers = Array.from({ length: 60 }, (_, i) => ({
    userId: i * 131 + 1,
    movie: movie(below(40)),
    minute: below(3),
  }));
  const lines: string[] = [];
  for (let time = firstSecond; lines.length < count; time += 1) {
    const viewer = viewers[below(viewers.length)];
    const kind = below(100);
    let line = `${stamp(time)},${viewer.userId},GET /data/m/${viewer.movie}/${viewer.minute}.mpg`;
    if (kind < 3) {
      line = `${stamp(time)},${viewer.userId},GET /rate/${viewer.movie}=${1 + below(5)}`;
      Object.assign(viewer, { movie: movie(below(40)), minute: 0 });
    } else if (kind < 5) {
      line = `${stamp(time)}.${String(below(1000)).padStart(3, '0')},${viewer.userId},recommendation request host.example:8082, status 200, result: ${movie(1)}, ${movie(2)}, ${below(300)} ms`;
    } else if (kind < 6) line = `${stamp(time)},${viewer.userId},GET /create_account`;
    else viewer.minute += below(20) === 0 ? 3 : 1;
    if (below(100) === 0) line = dirt(line, below(line.length + 1), ' Zq7'[below(4)]);
    lines.push(line);
    if (below(50) === 0) lines.push(line);
  }
  return lines.slice(0, count);
}
