import { createHash } from 'node:crypto';
import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { openLedger, type Ledger, type LineCounts } from '@reelay/shared/storage';
import { withIngestorInThisProcess } from '../ingest-here.ts';
import type { Addresses } from '../settings.ts';
import { showIngest } from '../show-ingest.ts';
import { createProgress } from '../terminal/progress.ts';
import type { BadRowCount } from './bad-rows.ts';
import { findData, type DataFiles } from './find-data.ts';
import { readImportRows, type ImportRows } from './import-rows.ts';
import { logLinesOfRows, refusalOf, type LineNames } from './log-lines-of-rows.ts';
import { nameItems } from './name-items.ts';
import { numberUsers, type UserNumbers } from './number-users.ts';
import { ratingScaleOf } from './rating-scale.ts';
import { readDataDetails, type DataDetails } from './read-data-details.ts';

export interface ImportResult {
  kind: DataFiles['kind'];
  /** Where the rows stand in the event log; the same data has the same topic, so that it is appended once. */
  topic: string;
  rows: number;
  users: number;
  items: number;
  /** Points of the log are ratings times this. */
  ratingFactor: number;
  bad: BadRowCount[];
  /** Lines of the topic over its whole life. */
  lines: LineCounts;
  /** Of the whole ledger. */
  ratings: number;
  /** Data ids in the order of the users' numbers, where they are no numbers themselves. */
  numberedUsers: string[] | undefined;
}

/** Rows → event log → ledger, as the log of a platform goes; then details of users and items. Twice is once. */
export async function importData(path: string, addresses: Addresses): Promise<ImportResult> {
  const files = await findData(path);
  const rows = await reading((onProgress) => readImportRows(files, onProgress));
  const details = await readDataDetails(files);
  const numbers = numberUsers(rows.named.userIds);
  const names = { users: numbers.numbers, items: nameItems(rows.named.itemIds, details.items), scale: ratingScaleOf(rows) }; // prettier-ignore
  refuseRows(rows, names);
  const topic = `import-${hashOf(rows, names)}`;
  const eventLog = await openEventLog(addresses.EVENT_LOG_URL);
  const ledger = await openLedger(addresses.LEDGER_URL);
  try {
    await append(eventLog, topic, rows, names);
    await store(eventLog, addresses, topic, names);
    await storeDetails(ledger, rows, details, numbers, names);
    const { ratings } = await ledger.counts();
    return {
      kind: files.kind,
      topic,
      rows: rows.rows,
      users: rows.named.userIds.length,
      items: rows.named.itemIds.length,
      ratingFactor: names.scale.factor,
      bad: rows.bad.counts(),
      lines: await linesOf(ledger, topic),
      ratings,
      numberedUsers: numbers.kept ? undefined : rows.named.userIds,
    };
  } finally {
    await ledger.close();
    await eventLog.close();
  }
}

async function reading(read: (onProgress: (rows: number) => void) => Promise<ImportRows>): Promise<ImportRows> {
  const progress = createProgress('reading');
  return read((rows) => progress.update(rows)).finally(() => progress.end());
}

/** Rows that were read but are outside what the log can say are counted like those that were not. */
function refuseRows(rows: ImportRows, { scale }: LineNames): void {
  const { named, bad, badRows } = rows;
  const { user, item, rating, time } = named.table;
  for (let row = 0; row < rating.length; row += 1) {
    const reason = refusalOf(rows, row, scale);
    if (reason === undefined) continue;
    const text = [named.userIds[user[row]], named.itemIds[item[row]], rating[row], time[row]].join(',');
    bad.add(reason, named.lines[row]);
    badRows.push({ line: named.lines[row], reason, text });
  }
}

function hashOf(rows: ImportRows, names: LineNames): string {
  const hash = createHash('sha256');
  for (const line of logLinesOfRows(rows, names)) hash.update(line).update('\n');
  return hash.digest('hex').slice(0, 16);
}

const linesPerAppend = 5_000;

/** Goes on where an import that was cut off stopped. */
async function append(eventLog: EventLog, topic: string, rows: ImportRows, names: LineNames): Promise<void> {
  await eventLog.ensureTopic(topic, 1);
  const there = (await eventLog.ranges(topic))[0]?.high ?? 0;
  const progress = createProgress('appending');
  let place = 0;
  let lines: string[] = [];
  const send = async () => {
    if (lines.length > 0) await eventLog.append(topic, lines, { partition: 0 });
    lines = [];
    progress.update(place);
  };
  for (const line of logLinesOfRows(rows, names)) {
    place += 1;
    if (place > there && lines.push(line) >= linesPerAppend) await send();
  }
  await send();
  progress.end();
}

/** A day of log time in one window: rows of many years would else be thousands of small transactions. */
const logMinutesAtOnce = '1440';

async function store(eventLog: EventLog, addresses: Addresses, topic: string, { scale }: LineNames): Promise<void> {
  const settings = { RATING_MAX: String(scale.max), USER_ID_MAX: String(2 ** 31 - 1), FLUSH_LOG_MINUTES: logMinutesAtOnce, EVENT_PARTITIONS: '1' }; // prettier-ignore
  await withIngestorInThisProcess({ ...addresses, ...settings }, topic, (flush) =>
    showIngest(eventLog, addresses, topic, flush),
  );
}

const rowsAtOnce = 1_000;

async function storeDetails(
  ledger: Ledger,
  { named, minAges }: ImportRows,
  { users, items }: DataDetails,
  { numbers }: UserNumbers,
  names: LineNames,
): Promise<void> {
  const movies = named.itemIds.map((id, place) => {
    const known = items.get(id);
    return { id: names.items[place], title: known?.title ?? id, year: known?.year ?? null, genres: known?.genres ?? [], runtime: null, minAge: known?.minAge ?? minAges?.get(id) }; // prettier-ignore
  });
  const people = named.userIds.flatMap((id, place) => {
    const known = users.get(id);
    return known ? [{ userId: numbers[place], age: known.age, gender: known.gender, occupation: known.occupation }] : []; // prettier-ignore
  });
  for (let from = 0; from < movies.length; from += rowsAtOnce) await ledger.upsertMovies(movies.slice(from, from + rowsAtOnce)); // prettier-ignore
  for (let from = 0; from < people.length; from += rowsAtOnce) await ledger.upsertUsers(people.slice(from, from + rowsAtOnce)); // prettier-ignore
}

async function linesOf(ledger: Ledger, topic: string): Promise<LineCounts> {
  const sums: LineCounts = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
  for (const { counts } of await ledger.progress(topic)) {
    for (const name of Object.keys(sums) as (keyof LineCounts)[]) sums[name] += counts[name];
  }
  return sums;
}
