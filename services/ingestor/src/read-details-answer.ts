/** What came back over HTTP. */
export interface HttpAnswer {
  status: number;
  text: string;
  retryAfterMs?: number;
}

export type Trouble = 'busy' | 'down' | 'garbage';

/**
 * `told`: an answer about each id asked for. `no list`: this API answers no several ids at once. `busy`: too many requests.
 * `down`: it cannot answer now. `garbage`: it says something that means nothing to us.
 */
export type DetailsAnswer<Row> =
  | { outcome: 'told'; found: Map<string, Row>; unknown: string[]; list: boolean }
  | { outcome: 'no list' }
  | { outcome: Trouble; reason: string; retryAfterMs: number };

/** How one kind of details is read. */
export interface DetailsReader<Row> {
  read(told: unknown): Row | undefined;
  /** The id as it is asked for. */
  idOf(row: Row): string;
}

/**
 * What an answer says about `ids`. The status alone proves nothing, since "not found" comes with 404 or with 200: a `message` is
 * looked for as well, and a 404 without one is garbage (a wrong address would make everybody unknown).
 */
export function readDetailsAnswer<Row>(reader: DetailsReader<Row>, ids: string[], answer: HttpAnswer) {
  const { status, text, retryAfterMs = 0 } = answer;
  const trouble = (outcome: Trouble, reason: string): DetailsAnswer<Row> => ({ outcome, reason, retryAfterMs });
  if (status === 429) return trouble('busy', 'HTTP 429');
  if (status >= 500 || status === 401 || status === 403) return trouble('down', `HTTP ${status}`);
  const told = parseJson(text);
  if (Array.isArray(told)) {
    return readList(reader, ids, told as unknown[]) ?? trouble('garbage', 'a list of something else');
  }
  const message = messageIn(told);
  if (message !== undefined && /rate|too many/i.test(message)) return trouble('busy', message);
  if (ids.length > 1) return refusesLists(status, told) ? noList : trouble('garbage', `HTTP ${status}, no list`);
  const row = reader.read(told);
  if (status === 200 && row !== undefined) {
    return reader.idOf(row) === ids[0] ? tell(reader, ids, [row], false) : trouble('garbage', 'told about another id');
  }
  const notFound = message !== undefined && (status === 404 || /not found|unknown|no such/i.test(message));
  return notFound ? tell(reader, ids, [], false) : trouble('garbage', `HTTP ${status}: ${text.slice(0, 60)}`);
}

const noList = { outcome: 'no list' } as const;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The `message` of an answer that tells about nothing. */
function messageIn(told: unknown): string | undefined {
  if (typeof told !== 'object' || told === null || !('message' in told) || 'id' in told || 'user_id' in told)
    return undefined;
  return String(told.message);
}

/** Undefined when it tells about other things than those asked for. An id that is left out is unknown. */
function readList<Row>(reader: DetailsReader<Row>, ids: string[], told: unknown[]): DetailsAnswer<Row> | undefined {
  const rows = told.flatMap((one) => reader.read(one) ?? []);
  const answer = tell(reader, ids, rows, true);
  const isAboutThem = answer.found.size > 0 || told.every((one) => messageIn(one) !== undefined);
  return isAboutThem ? answer : undefined;
}

/** An object or a 4xx in place of a list is this API's word that it does not make lists. */
const refusesLists = (status: number, told: unknown): boolean =>
  (status >= 400 && status < 500) || (typeof told === 'object' && told !== null);

function tell<Row>({ idOf }: DetailsReader<Row>, ids: string[], rows: Row[], list: boolean) {
  const asked = new Set(ids);
  const found = new Map(rows.map((row) => [idOf(row), row] as const).filter(([id]) => asked.has(id)));
  return { outcome: 'told' as const, found, unknown: ids.filter((id) => !found.has(id)), list };
}
