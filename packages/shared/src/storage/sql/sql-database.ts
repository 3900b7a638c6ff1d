/** What both databases take and give. Integers up to 2^53 travel as numbers, bytes as buffers (read: as any `Uint8Array`). */
export type SqlValue = number | string | null | Buffer;

/** How rows of one kind stand in their table. The first `keyLength` columns are the identity. */
export interface RowTable<Row> {
  name: string;
  columns: readonly string[];
  keyLength: number;
  values(row: Row): SqlValue[];
}

/** Statements in the common subset of SQLite, MySQL 8.4 and MariaDB 10.11; where these differ there is a method of its own. */
export interface SqlSession {
  all<Row>(sql: string, values?: SqlValue[]): Promise<Row[]>;
  /** How many rows the statement found to change. */
  run(sql: string, values?: SqlValue[]): Promise<number>;
  /** Throws `UniqueViolation` when a row is there already. */
  insert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void>;
  /** Rows with a known identity take the new values. */
  upsert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void>;
  /** For each row, whether its identity is in the table. */
  present<Row>(table: RowTable<Row>, rows: Row[]): Promise<boolean[]>;
}

/** Every error that leaves it is an `AppError` or a `UniqueViolation`. */
export interface SqlDatabase extends SqlSession {
  /**
   * All of it or nothing. `work` is called again after a deadlock, so it must bear that; it must use the session that it
   * is given, since the database itself waits for the end of the transaction.
   */
  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

/** A row with this identity exists. */
export class UniqueViolation extends Error {
  constructor(cause: unknown) {
    super('a row with this identity exists', { cause });
    this.name = 'UniqueViolation';
  }
}

/** Identity of a row as text. The separator occurs in no key: keys are integers, hex digits, ids and paths. */
export const keyOf = <Row>(table: RowTable<Row>, row: Row): string =>
  table.values(row).slice(0, table.keyLength).join('\u001f');
