import type { DetailsLedger } from '../ledger.ts';
import type { MovieRow } from '../rows.ts';
import { itemIds } from './dictionary.ts';
import { userTable } from './row-tables.ts';
import type { RowTable, SqlDatabase } from './sql-database.ts';

interface NumberedMovie {
  itemId: number;
  movie: MovieRow;
}

const movieTable: RowTable<NumberedMovie> = {
  name: 'items',
  columns: ['item_id', 'id', 'title', 'year', 'genres', 'runtime', 'min_age'],
  keyLength: 1,
  values: ({ itemId, movie }) => [
    itemId,
    movie.id,
    movie.title,
    movie.year,
    JSON.stringify(movie.genres),
    movie.runtime,
    movie.minAge ?? null,
  ],
};

export const createDetailsLedger = (database: SqlDatabase): DetailsLedger => ({
  upsertUsers: (rows) => database.upsert(userTable, rows),
  async upsertMovies(rows) {
    const ids = await itemIds(
      database,
      rows.map((row) => row.id),
    );
    const numbered = rows.map((movie) => ({ itemId: ids.get(movie.id) ?? missing(movie.id), movie }));
    await database.upsert(movieTable, numbered);
  },
});

function missing(id: string): never {
  throw new TypeError(`no integer for item ${id}`);
}
