import { movieIdLengthMax } from '@reelay/shared/contracts';
import type { DetailKind, Ledger, MovieRow, UserRow } from '@reelay/shared/storage';
import type { IngestorConfig } from './config.ts';
import { normaliseMovie, normaliseUser } from './normalise-details.ts';
import type { DetailsReader } from './read-details-answer.ts';

const idsOfPage = 1_000;

/** An id with its place in the order of the crawl. */
export interface PlacedId {
  id: string;
  place: number;
}

/** One kind of details: how it is read, where it is kept, and the order in which all of it is asked for. */
export interface DetailSource<Row> extends DetailsReader<Row> {
  kind: DetailKind;
  /** `GET <url>/<id>` */
  url: string;
  store(rows: Row[]): Promise<void>;
  /** The next ids from this place on, and the place after them; undefined at the end. */
  page(from: number): Promise<{ ids: PlacedId[]; next: number } | undefined>;
}

type SourceConfig = Pick<IngestorConfig, 'DETAILS_API_URL' | 'USER_API_URL' | 'MOVIE_API_URL' | 'USER_ID_MAX'>;

/** Users by number up to the highest. */
export function userSource(config: SourceConfig, ledger: Ledger): DetailSource<UserRow> | undefined {
  const url = config.USER_API_URL ?? below(config.DETAILS_API_URL, 'user');
  if (url === undefined) return undefined;
  return {
    kind: 'user',
    url,
    read: normaliseUser,
    idOf: ({ userId }) => String(userId),
    store: (rows) => ledger.upsertUsers(rows),
    async page(from) {
      if (from > config.USER_ID_MAX) return undefined;
      const next = Math.min(from + idsOfPage, config.USER_ID_MAX + 1);
      const ids = Array.from({ length: next - from }, (_, place) => ({
        id: String(from + place),
        place: from + place,
      }));
      return { ids, next };
    },
  };
}

/** Movies in the order in which the dictionary met them; new ones come at its end. */
export function movieSource(config: SourceConfig, ledger: Ledger): DetailSource<MovieRow> | undefined {
  const url = config.MOVIE_API_URL ?? below(config.DETAILS_API_URL, 'movie');
  if (url === undefined) return undefined;
  return {
    kind: 'movie',
    url,
    read: normaliseMovie,
    idOf: ({ id }) => id,
    store: (rows) => ledger.upsertMovies(rows.filter(({ id }) => id.length <= movieIdLengthMax)),
    async page(from) {
      const items = await ledger.itemsFrom(from, idsOfPage);
      const last = items.at(-1);
      return last && { ids: items.map(({ itemId, id }) => ({ id, place: itemId })), next: last.itemId + 1 };
    },
  };
}

const below = (url: string | undefined, path: string): string | undefined =>
  url && `${url.replace(/\/+$/, '')}/${path}`;
