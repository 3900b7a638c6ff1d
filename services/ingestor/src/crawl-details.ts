import type { LogEvent } from '@reelay/shared/contracts';
import type { Logger, Registry } from '@reelay/shared/observability';
import { createService, type Clock, type Service } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import { DetailsAsker } from './ask-for-details.ts';
import type { IngestorConfig } from './config.ts';
import { movieSource, userSource, type DetailSource } from './detail-sources.ts';
import { createDetailsMetrics } from './details-metrics.ts';
import { createDetailsFetcher, type FetchDetails } from './fetch-details.ts';
import { NamedIds } from './named-ids.ts';
import { TokenBucket } from './token-bucket.ts';

export interface CrawlDeps {
  config: Pick<
    IngestorConfig,
    | 'DETAILS_API_URL'
    | 'USER_API_URL'
    | 'MOVIE_API_URL'
    | 'USER_ID_MAX'
    | 'DETAILS_RATE'
    | 'DETAILS_BULK_MAX'
    | 'DETAILS_TIMEOUT_MS'
    | 'DETAILS_RETRY_UNKNOWN_MINUTES'
  >;
  ledger: Ledger;
  log: Logger;
  registry: Registry;
  clock: Clock;
  /** Asks over HTTP when absent. */
  fetcherOf?: <Row>(source: DetailSource<Row>) => FetchDetails<Row>;
}

export interface DetailsCrawl extends Service {
  /** Told of every line; ids that need details at once are remembered. Never waits, never throws. */
  notice(event: LogEvent): void;
}

/**
 * Details of users and movies from the course's API into the ledger, in loops of their own: ingest never waits for them. Without an
 * address it does nothing.
 */
export function createDetailsCrawl(deps: CrawlDeps): DetailsCrawl {
  const { config, ledger, clock, registry } = deps;
  const users = userSource(config, ledger);
  const movies = movieSource(config, ledger);
  if (users === undefined && movies === undefined) {
    return { ...createService('details-crawl', async () => {}), notice: () => {} };
  }
  const named = new NamedIds(clock);
  const metrics = createDetailsMetrics(registry);
  const askerOf = <Row>(source: DetailSource<Row>, bucket: TokenBucket) =>
    new DetailsAsker({
      ...deps,
      source,
      fetch: (deps.fetcherOf ?? httpFetcherOf(config))(source),
      bucket,
      named,
      bulkMax: config.DETAILS_BULK_MAX,
      retryUnknownMs: config.DETAILS_RETRY_UNKNOWN_MINUTES * 60_000,
      metrics,
    });
  const service = createService('details-crawl', async (own) => {
    const bucket = new TokenBucket({ rate: config.DETAILS_RATE, clock });
    const askers = [...(movies ? [askerOf(movies, bucket)] : []), ...(users ? [askerOf(users, bucket)] : [])];
    named.onNamed = () => askers.forEach((asker) => asker.wake());
    const stopping = new AbortController();
    const running = Promise.all(askers.map((asker) => asker.run(stopping.signal)));
    own(async () => {
      stopping.abort();
      await running;
    });
  });
  return { ...service, notice: (event) => named.notice(event) };
}

const httpFetcherOf =
  (config: CrawlDeps['config']) =>
  <Row>(source: DetailSource<Row>): FetchDetails<Row> =>
    createDetailsFetcher({ url: source.url, reader: source, timeoutMs: config.DETAILS_TIMEOUT_MS });
