import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { openLedger, type Ledger, type UserRow } from '@reelay/shared/storage';
import { createManualClock } from '@reelay/shared/testing';
import { ingestorConfig } from '../config.ts';
import { createDetailsCrawl, type DetailsCrawl } from '../crawl-details.ts';
import type { DetailSource } from '../detail-sources.ts';
import type { FetchDetails } from '../fetch-details.ts';
import { readDetailsAnswer, type HttpAnswer } from '../read-details-answer.ts';

/** Answers to `GET /<kind>/<ids>`; a promise that never settles hangs. */
export type FakeApi = (kind: string, ids: string[]) => HttpAnswer | Promise<HttpAnswer>;

export const json = (body: unknown, status = 200): HttpAnswer => ({ status, text: JSON.stringify(body) });

interface Crowd {
  users?: number[];
  movies?: string[];
  /** Whether several ids are answered as a list. */
  bulk?: boolean;
}

/** An API that knows these, and says of all others that they are not found. */
export function apiOf({ users = [], movies = [], bulk = true }: Crowd): FakeApi {
  const tell = (kind: string, id: string) => {
    if (kind === 'user') return users.includes(Number(id)) ? { user_id: Number(id), age: '30' } : undefined;
    return movies.includes(id) ? { id, title: `Title of ${id}`, runtime: '90', genres: [] } : undefined;
  };
  return (kind, ids) => {
    const unknown = { message: `${kind} not found` };
    if (ids.length > 1) return bulk ? json(ids.map((id) => tell(kind, id) ?? unknown)) : json(unknown, 404);
    const told = tell(kind, ids[0]);
    return told ? json(told) : json(unknown, 404);
  };
}

/** Ids of the requests that came, one entry a request. */
export type Asked = { kind: string; ids: string[]; atMs: number }[];

export interface CrawlWorld {
  ledger: Ledger;
  clock: ReturnType<typeof createManualClock>;
  asked: Asked;
  logged: Record<string, unknown>[];
  /** A crawl on this ledger, as after a restart; started. */
  crawl(api: FakeApi, settings?: Record<string, string>): Promise<DetailsCrawl & { metrics(): Promise<string> }>;
  /** Moves the clock, a little at a time, until the condition holds. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  pass(ms: number): Promise<void>;
  users(): Promise<UserRow[]>;
  close(): Promise<void>;
}

export async function openCrawlWorld(): Promise<CrawlWorld> {
  const home = await mkdtemp(join(tmpdir(), 'reelay-crawl-'));
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  const clock = createManualClock();
  const asked: Asked = [];
  const { log, lines } = createMemoryLogger();
  const crawls: DetailsCrawl[] = [];
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const pass = async (ms: number, stepMs = 50) => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.advance(stepMs);
      await settle();
    }
  };
  return {
    ledger,
    clock,
    asked,
    logged: lines,
    pass,
    async crawl(api, settings = {}) {
      const fetcherOf =
        <Row>(source: DetailSource<Row>): FetchDetails<Row> =>
        async (ids, signal) => {
          asked.push({ kind: source.kind, ids, atMs: clock.monotonicMs() });
          const leaving = new Promise<HttpAnswer>((resolve) =>
            signal.addEventListener('abort', () => resolve({ status: 599, text: '' }), { once: true }),
          );
          return readDetailsAnswer(source, ids, await Promise.race([api(source.kind, ids), leaving]));
        };
      const registry = createRegistry();
      const config = configOf(settings);
      const crawl = createDetailsCrawl({ config, ledger, log, registry, clock, fetcherOf });
      crawls.push(crawl);
      await crawl.start();
      return { ...crawl, metrics: () => registry.metrics() };
    },
    async until(what, condition) {
      for (let step = 0; !(await condition()); step++) {
        if (step > 3_000) throw new Error(`did not come true: ${what}`);
        await pass(50);
      }
    },
    async users() {
      const all: UserRow[] = [];
      await ledger.users((rows) => void all.push(...rows));
      return all;
    },
    async close() {
      for (const crawl of crawls) await crawl.stop();
      await ledger.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const configOf = (settings: Record<string, string>) =>
  ingestorConfig.parse({
    EVENT_LOG_URL: 'sqlite:none',
    LEDGER_URL: 'sqlite:none',
    REDIS_URL: 'memory:',
    CSV_DIR: 'none',
    USER_API_URL: 'http://api.invalid/user',
    DETAILS_RATE: '100',
    ...settings,
  });
