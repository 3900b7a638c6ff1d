import { Counter, Gauge, type Registry } from '@reelay/shared/observability';

/** Metrics of the details API's client. */
export function createDetailsMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'reelay_details_requests_total',
      help: 'Requests to the API of users and movies by what came back.',
      labelNames: ['kind', 'outcome'] as const,
      registers,
    }),
    ids: new Counter({
      name: 'reelay_details_ids_total',
      help: 'Ids asked for by what is known of them now; given_up: the API fails on this one alone.',
      labelNames: ['kind', 'outcome'] as const,
      registers,
    }),
    up: new Gauge({
      name: 'reelay_details_api_up',
      help: '1 while the API answers.',
      labelNames: ['kind'] as const,
      registers,
    }),
    position: new Gauge({
      name: 'reelay_details_crawl_position',
      help: 'User id, or integer of the movie, that the crawl asks for next.',
      labelNames: ['kind'] as const,
      registers,
    }),
    dropped: new Gauge({
      name: 'reelay_details_named_dropped',
      help: 'Ids named by lines that found no room in the queue; the crawl comes to them.',
      registers,
    }),
  };
}

export type DetailsMetrics = ReturnType<typeof createDetailsMetrics>;
