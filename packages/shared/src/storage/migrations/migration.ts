/** Column types and endings that the two databases call differently. */
export interface SchemaDialect {
  /** Whole numbers up to 2^53. */
  integer: string;
  /** Whole numbers from 0 that fit into so many bytes. */
  whole: (bytes: 2 | 3 | 4) => string;
  real: string;
  /** Text of at most `length` characters, compared byte by byte, fit for a key. */
  key: (length: number) => string;
  /** Text of any length, not for keys. */
  text: string;
  /** Bytes of any length, not for keys. */
  bytes: string;
  /** Statements that give columns of a table other definitions (name, type and the rest); none where types do not limit. */
  changedColumns: (table: string, columns: string[]) => string[];
  /** Statement that takes an index away. */
  droppedIndex: (table: string, index: string) => string;
  /** Ends `create table (…)` of a table whose rows stand in the order of the primary key. */
  clustered: string;
  /** Query with one parameter, a table name; gives a row when it exists. */
  tableExists: string;
}

/**
 * One step of the schema. Forward only: once released it is never edited, the next step changes it. MySQL commits each
 * DDL statement by itself, so a step that broke off is run again from its start: there, "exists already" and "is gone already" are no errors.
 */
export interface Migration {
  version: number;
  name: string;
  statements(dialect: SchemaDialect): string[];
}
