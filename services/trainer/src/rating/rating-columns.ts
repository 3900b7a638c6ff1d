import { featureGroup, type FeatureGroup } from '@reelay/recommender';
import type { CatalogueEntry } from '@reelay/shared/contracts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** Ratings as columns; users are numbered among those who rated. */
export interface RatingColumns {
  readonly users: number;
  readonly items: number;
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly rating: Float32Array;
}

/** Those of the rows that have a rating. */
export const ratedRows = ({ rows }: Snapshot, rowNumbers: Int32Array): Int32Array =>
  rowNumbers.filter((row) => rows.rating[row] > 0);

/** Rows that have a rating, as columns in their order. */
export function ratingColumns({ rows, catalogue }: Snapshot, rated: Int32Array): RatingColumns {
  const placeOf = new Map<number, number>();
  const user = rated.map((row) => {
    const own = placeOf.get(rows.user[row]) ?? placeOf.size;
    placeOf.set(rows.user[row], own);
    return own;
  });
  return {
    users: placeOf.size,
    items: catalogue.length,
    user,
    item: rated.map((row) => rows.item[row]),
    rating: Float32Array.from(rated, (row) => rows.rating[row]),
  };
}

/** Genres and five-year bands, where the catalogue tells them apart. */
export function itemFeatures(catalogue: readonly CatalogueEntry[]): FeatureGroup[] {
  const yearBand = (year: number | null): string | null => (year === null ? null : String(Math.floor(year / 5)));
  const genres = featureGroup('genres', catalogue.map((item) => item.genres)); // prettier-ignore
  const years = featureGroup('years', catalogue.map(({ year }) => [yearBand(year)])); // prettier-ignore
  return [genres, years].filter(({ size, feature }) => size > 1 && feature.length > 0);
}
