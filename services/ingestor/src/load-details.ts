import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import type { Logger } from '@reelay/shared/observability';
import { isMovieId, readAgeRating } from '@reelay/shared/contracts';
import { createService, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import type { DetailsLedger, MovieRow, UserRow } from '@reelay/shared/storage';
import type { IngestorConfig } from './config.ts';

const lookMs = 2_000;
const rowsAtOnce = 1_000;

interface DetailsDeps {
  config: Pick<IngestorConfig, 'USERS_FILE' | 'MOVIES_FILE' | 'USER_ID_MAX'>;
  ledger: DetailsLedger;
  log: Logger;
  clock: Clock;
}

/**
 * Users and movies from CSV files with a header, read at start and again when a file changes. `user_id,age,gender,occupation` and
 * `id,title,year,genres,runtime`, genres joined by `|`, and `min_age` where items are rated by age; other columns are left alone, empty
 * fields are unknown. A row without a usable id is counted and left out.
 */
export function createDetailsLoader(deps: DetailsDeps): Service {
  return createService('details-loader', async (own) => {
    const sources = sourcesOf(deps);
    const seen = new Map<string, string>();
    const abort = new AbortController();
    const running = (async () => {
      while (!abort.signal.aborted) {
        for (const source of sources) await loadWhenChanged(source, seen, deps);
        await deps.clock.sleep(lookMs, abort.signal);
      }
    })();
    own(async () => {
      abort.abort();
      await running;
    });
  });
}

type Fields = Record<string, string | undefined>;

interface Source {
  file: string;
  /** Stores some rows; returns how many had no usable id. */
  store(rows: Fields[]): Promise<number>;
}

function sourcesOf({ config, ledger }: DetailsDeps): Source[] {
  const sources: Source[] = [];
  if (config.MOVIES_FILE)
    sources.push({ file: config.MOVIES_FILE, store: storer(movieOf, (rows) => ledger.upsertMovies(rows)) });
  if (config.USERS_FILE) {
    const userOf = (fields: Fields) => readUser(fields, config.USER_ID_MAX);
    sources.push({ file: config.USERS_FILE, store: storer(userOf, (rows) => ledger.upsertUsers(rows)) });
  }
  return sources;
}

function storer<Row>(
  rowOf: (fields: Fields) => Row | undefined,
  store: (rows: Row[]) => Promise<void>,
): Source['store'] {
  return async (fields) => {
    const rows = fields.map(rowOf).filter((row) => row !== undefined);
    if (rows.length > 0) await store(rows);
    return fields.length - rows.length;
  };
}

async function loadWhenChanged(
  { file, store }: Source,
  seen: Map<string, string>,
  { log }: DetailsDeps,
): Promise<void> {
  try {
    const { mtimeMs, size } = await stat(file);
    const state = `${mtimeMs}:${size}`;
    if (seen.get(file) === state) return;
    const counts = await load(file, store);
    seen.set(file, state);
    log.info({ file, ...counts }, 'details loaded');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    log.warn({ file, error: messageOf(error) }, 'details were not loaded');
  }
}

/** Reads a details file; `store` gets its rows in portions. */
async function load(file: string, store: Source['store']): Promise<{ rows: number; refused: number }> {
  const parser = createReadStream(file).pipe(
    parse({ columns: true, bom: true, relax_column_count: true, skip_empty_lines: true }),
  );
  let portion: Fields[] = [];
  const counts = { rows: 0, refused: 0 };
  const send = async () => {
    counts.refused += await store(portion);
    counts.rows += portion.length;
    portion = [];
  };
  for await (const fields of parser) {
    portion.push(fields as Fields);
    if (portion.length >= rowsAtOnce) await send();
  }
  if (portion.length > 0) await send();
  return counts;
}

function readUser(fields: Fields, userIdMax: number): UserRow | undefined {
  const userId = wholeNumber(fields.user_id);
  if (userId === null || userId < 1 || userId > userIdMax) return undefined;
  return { userId, age: wholeNumber(fields.age), gender: fields.gender || null, occupation: fields.occupation || null };
}

function movieOf(fields: Fields): MovieRow | undefined {
  const id = fields.id ?? '';
  if (!isMovieId(id)) return undefined;
  const minAge = readAgeRating(fields.min_age);
  return {
    id,
    title: fields.title || id,
    year: wholeNumber(fields.year),
    genres: (fields.genres ?? '').split('|').filter((genre) => genre !== ''),
    runtime: wholeNumber(fields.runtime),
    ...(minAge !== undefined && { minAge }),
  };
}

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
