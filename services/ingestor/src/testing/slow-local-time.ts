const quarter = 900;
const farthest = 15 * 3600;
const formats = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, number>();

/**
 * Epoch seconds at which clocks of the zone show `local` (seconds since 1970 of that clock): the first time that they do, found by
 * asking all quarters of an hour within 15 hours. When they never do, as if the clock had not been moved: the last quarter that
 * shows an earlier time, and on from there.
 */
export function slowLocalTime(local: number, zone: string): number {
  if (zone === 'UTC') return local;
  const start = Math.floor(local / quarter) * quarter;
  const key = `${zone} ${start}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = search(start, zone)));
  return found + (local - start);
}

function search(local: number, zone: string): number {
  let before = local - farthest;
  for (let time = before; time <= local + farthest; time += quarter) {
    const shown = clockShows(time, zone);
    if (shown === local) return time;
    if (shown < local) before = time;
    else break;
  }
  return before + (local - clockShows(before, zone));
}

function clockShows(time: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    const digits = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat('en', { timeZone: zone, ...digits, ...clock })));
  }
  const part = Object.fromEntries(format.formatToParts(time * 1000).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) / 1000;
}
