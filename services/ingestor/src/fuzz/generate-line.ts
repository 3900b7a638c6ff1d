/** A number below the given one; see `seeded`. */
export type Below = (below: number) => number;

/** Kinds of lines, and text that is none. */
export const lineKinds = ['watch', 'rate', 'answered', 'failed', 'account', 'noise'] as const;
export type LineKind = (typeof lineKinds)[number];

/** Kinds in the shares in which they are made; the stream itself is nearly all watching. */
const shares: LineKind[] = ['watch', 'watch', 'watch', 'rate', 'rate', 'answered', 'answered', 'failed', 'account'];

/** A line of any kind and year that keeps to the grammar, or almost: numbers also lie outside their range. */
export function generateLine(below: Below): { kind: LineKind; line: string } {
  const kind = below(50) === 0 ? 'noise' : shares[below(shares.length)];
  return { kind, line: kind === 'noise' ? noise(below) : `${stamp(below)},${user(below)},${action[kind](below)}` };
}

const pick = <T>(below: Below, from: readonly T[]): T => from[below(from.length)];
const two = (number: number): string => String(number).padStart(2, '0');
const characters = (below: Below, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet[below(alphabet.length)]).join('');

/** Days on which clocks are moved come often: they are where zones go wrong. */
const movedDays = ['03-08', '03-09', '03-10', '11-01', '11-02', '11-03', '10-26', '03-30', '04-06'];

function stamp(below: Below): string {
  const year = below(20) === 0 ? pick(below, ['1969', '1970', '0000', '9999', '2000', '2100']) : 2019 + below(18);
  // One in 30 names a month or a day beyond the calendar.
  const [months, days] = below(30) === 0 ? [14, 33] : [12, 29];
  const day = below(8) === 0 ? pick(below, movedDays) : `${two(1 + below(months))}-${two(1 + below(days))}`;
  const minutes = `${year}-${day}T${two(below(below(40) === 0 ? 26 : 24))}:${two(below(60))}`;
  const form = below(10);
  if (form === 0) return minutes;
  const seconds = `${minutes}:${two(below(below(40) === 0 ? 62 : 60))}`;
  return form < 7 ? seconds : `${seconds}.${characters(below, '0123456789', pick(below, [3, 6, 9]))}`;
}

function user(below: Below): string {
  const zeros = '0'.repeat(below(20) === 0 ? below(4) : 0);
  return zeros + (below(20) === 0 ? pick(below, [0, 1_000_000, 1_000_001, 6_597_125]) : 1 + below(1_000_000));
}

const words = ['the', 'dune', 'quiet', 'mr.', 'x', '', '10_000', 'l*i*n*k', 'who!', 'saint-marie', 'moiti%C3%A9', 'é'];

function movie(below: Below): string {
  if (below(40) === 0) return characters(below, 'abcdefghijklmnopqrstuvwxyz', 40);
  const title = Array.from({ length: 1 + below(5) }, () => pick(below, below(30) === 0 ? words : words.slice(0, -1)));
  return `${title.join('+')}+${pick(below, ['1799', '1871', '1999', '2004', '2100', '', `${1900 + below(130)}`])}`;
}

/** Mostly short; now and then near the limit, or of many digits. */
const number = (below: Below, usual: number, limit: number): string =>
  below(20) === 0
    ? pick(below, [String(limit), String(limit + 1), '0'.repeat(30), '9'.repeat(400)])
    : `${below(usual)}`;

const server = (below: Below): string => `${pick(below, ['team.example.org', '192.0.2.7', 'h'.repeat(256)])}:8082`;
const failures = [
  'java.util.concurrent.TimeoutException: Request timeout to team.example.org/192.0.2.7:8082 after 800 ms',
  'java.net.ConnectException: Connection refused: team.example.org/192.0.2.7:8082',
  'java.net.ConnectException: connection timed out: team.example.org/192.0.2.7:8082',
  'dispatch.StatusCode: Unexpected response status: 500',
  'überlastet, bitte später',
  ', status 200, result: , 5 ms',
  '',
];
const request = (below: Below, status: string, result: string): string =>
  `recommendation request ${server(below)}, status ${status}, result: ${result}, ${number(below, 900, 999_999_999)} ms`;

function list(below: Below): string {
  const ids = Array.from({ length: below(21) }, () => movie(below));
  return ids.join(pick(below, [', ', ', ', ',']));
}

const action: Record<Exclude<LineKind, 'noise'>, (below: Below) => string> = {
  watch: (below) => `GET /data/m/${movie(below)}/${number(below, 300, 2_000)}.mpg`,
  rate: (below) => `GET /rate/${movie(below)}=${number(below, 12, 5)}`,
  answered: (below) => request(below, '200', list(below)),
  failed: (below) => request(below, pick(below, ['0', '0', '0', '500']), pick(below, failures)),
  account: () => 'GET /create_account',
};

/** Text of the characters that the grammar knows, and of others. */
const noise = (below: Below): string =>
  characters(below, pick(below, [', /=:.-+ 0159GETmspg', 'abcdefghijklmnopqrstuvwxyz', 'é😀漢\0\n"']), below(120));
