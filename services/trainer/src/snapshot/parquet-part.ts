import { parquetRead, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/**
 * How a column stands in Parquet: `integer` INT32, `number` FLOAT, `time` TIMESTAMP_MILLIS (given and read as seconds since 1970), `text` a
 * string or null, `texts` a list of strings.
 */
export type ColumnKind = 'integer' | 'number' | 'time' | 'text' | 'texts' | 'integer?';
export type PartSchema = Readonly<Record<string, ColumnKind>>;
export type PartColumns = Readonly<Record<string, Int32Array | Float32Array | Float64Array | unknown[]>>;

/**
 * One Parquet file in the making, row group by row group; the only place that knows the writer. The same columns give the same bytes. Holds what
 * is written, compressed, until `finish`.
 */
export class ParquetPart {
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  readonly #schema: PartSchema;

  constructor(schema: PartSchema) {
    this.#schema = schema;
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: elementsOf(schema), createdBy: 'reelay' });
  }

  addGroup(rows: number, columns: PartColumns): void {
    const columnData = Object.entries(this.#schema).map(([name, kind]) => ({
      name,
      data: kind === 'time' ? Array.from(columns[name] as Float64Array, millisecondsOf) : columns[name],
    }));
    void this.#writer.write({ columnData, rowGroupSize: rows });
  }

  finish(): Uint8Array {
    void this.#writer.finish();
    return this.#bytes.getBytes();
  }
}

const millisecondsOf = (seconds: number): bigint => BigInt(Math.round(seconds * 1_000));

const parsers = { timestampFromMilliseconds: (milliseconds: bigint): number => Number(milliseconds) / 1_000 };

/** Calls `onColumn` with each column of each row group; `from` is its first row in the part. */
export async function readColumns(
  bytes: Uint8Array,
  columns: string[],
  onColumn: (name: string, values: ArrayLike<number>, from: number) => void,
): Promise<void> {
  await parquetRead({
    file: asyncBufferFrom(bytes),
    columns,
    parsers,
    onChunk: ({ columnName, columnData, rowStart }) => onColumn(columnName, columnData as ArrayLike<number>, rowStart),
  });
}

/** Rows as objects, a page at a time; for the smaller kinds. */
export async function* readRows(bytes: Uint8Array, rows: number): AsyncGenerator<Record<string, unknown>[]> {
  const file = asyncBufferFrom(bytes);
  for (let rowStart = 0; rowStart < rows; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(rows, rowStart + rowsAtOnce);
    yield await parquetReadObjects({ file, parsers, rowStart, rowEnd });
  }
}

const rowsAtOnce = 10_000;

function elementsOf(schema: PartSchema): SchemaElement[] {
  const columns = Object.entries(schema).map(([name, kind]) => elementOf(name, kind));
  return [{ name: 'root', num_children: columns.length }, ...columns.flat()];
}

function elementOf(name: string, kind: ColumnKind): SchemaElement[] {
  switch (kind) {
    case 'integer':
      return [{ name, type: 'INT32', repetition_type: 'REQUIRED' }];
    case 'integer?':
      return [{ name, type: 'INT32', repetition_type: 'OPTIONAL' }];
    case 'number':
      return [{ name, type: 'FLOAT', repetition_type: 'REQUIRED' }];
    case 'time':
      return [{ name, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' }];
    case 'text':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }];
    case 'texts':
      return [
        { name, converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ];
  }
}

/** The reader wants slices of a buffer of its own. */
function asyncBufferFrom(bytes: Uint8Array): { byteLength: number; slice(start: number, end?: number): ArrayBuffer } {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end = bytes.byteLength) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}
