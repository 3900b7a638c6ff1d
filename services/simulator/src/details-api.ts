import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '@reelay/shared/observability';
import { createService, type Clock, type Service } from '@reelay/shared/runtime';
import type { SimulatorConfig } from './config.ts';
import { describeMovie, describeUser } from './describe-movie.ts';
import type { Population } from './population.ts';

/** Ids of one bulk request, at most. */
const bulkMax = 200;

export type ApiSettings = Pick<
  SimulatorConfig,
  'API_HOST' | 'SIM_API_YEAR' | 'SIM_API_UNKNOWN_STATUS' | 'SIM_API_RATE' | 'SIM_API_LATENCY_MS'
> & { API_PORT: number };

export interface DetailsApi extends Service {
  /** The port it listens on; 0 before it started. */
  readonly port: number;
}

interface ApiDeps {
  config: ApiSettings;
  population: Population;
  clock: Clock;
}

interface Answer {
  status: number;
  body: unknown;
}

/**
 * `GET /user/<id>` and `GET /movie/<id>`, read only, in the form of the year; in 2026 up to 200 ids joined by `,`, answered as a
 * list in their order. Unknown ids get a `message`; more than the allowed requests of a second get 429.
 */
export function createDetailsApi(deps: ApiDeps): DetailsApi {
  const { config, clock } = deps;
  const admit = createSecondLimit(config.SIM_API_RATE, clock);
  let port = 0;

  const service = createService('details-api', async (own) => {
    const leaving = new AbortController();
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      if (config.SIM_API_LATENCY_MS > 0) await clock.sleep(config.SIM_API_LATENCY_MS, leaving.signal);
      const { status, body } = admit() ? answerOf(request, deps) : tooMany;
      response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '1' }) });
      response.end(JSON.stringify(body));
    };
    const server = createServer((request, response) => void answer(request, response));
    own(() => closeServer(server));
    own(() => leaving.abort());
    port = await listen(server, config.API_PORT, config.API_HOST);
  });
  return {
    ...service,
    get port() {
      return port;
    },
  };
}

const tooMany: Answer = { status: 429, body: { message: 'too many requests' } };

function answerOf({ method, url = '' }: IncomingMessage, { config, population }: ApiDeps): Answer {
  const [, kind, text] = /^\/(user|movie)\/([^/?]+)$/.exec(url) ?? [];
  if (method !== 'GET' || text === undefined) return { status: 404, body: { message: 'no such route' } };
  const year = config.SIM_API_YEAR;
  const ids = year === '2026' ? text.split(',') : [text];
  if (ids.length > bulkMax) return { status: 400, body: { message: `at most ${bulkMax} ids` } };
  const told = ids.map((id) => {
    const place = kind === 'user' ? placeOfUser(population, id) : population.catalogue.placeOf.get(id);
    if (place === undefined) return undefined;
    return kind === 'user' ? describeUser(population, place, year) : describeMovie(population, place, year);
  });
  const unknown = { message: `${kind} not found` };
  if (ids.length > 1) return { status: 200, body: told.map((one) => one ?? unknown) };
  return told[0] ? { status: 200, body: told[0] } : { status: config.SIM_API_UNKNOWN_STATUS, body: unknown };
}

const placeOfUser = ({ placeOfUser: places }: Population, id: string): number | undefined =>
  /^\d{1,10}$/.test(id) ? places.get(Number(id)) : undefined;

/** True for at most `rate` calls in each second of the clock; always when `rate` is 0. */
function createSecondLimit(rate: number, clock: Clock): () => boolean {
  let second = -1;
  let calls = 0;
  return () => {
    const now = Math.floor(clock.monotonicMs() / 1_000);
    if (now !== second) [second, calls] = [now, 0];
    calls += 1;
    return rate === 0 || calls <= rate;
  };
}
