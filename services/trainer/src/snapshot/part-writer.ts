import { createHash } from 'node:crypto';
import { ParquetPart, type PartColumns } from './parquet-part.ts';
import { partSchemas, type PartKind } from './snapshot-parts.ts';
import type { PartEntry } from './snapshot-description.ts';

export interface PartWriterOptions<Row> {
  kind: PartKind;
  /** A part holds at most so many rows; a whole number of row groups. */
  partRows: number;
  columnsOf: (rows: readonly Row[]) => PartColumns;
  /** Puts a finished part where it belongs. */
  store: (file: string, bytes: Uint8Array) => Promise<void>;
}

/** Rows that are encoded together: what is in memory as objects at a time. */
const groupRows = 50_000;

/** Rows of one kind into parts of bounded size. Where one part ends depends on the rows alone, never on the pages they came in. */
export class PartWriter<Row> {
  readonly entries: PartEntry[] = [];
  readonly #options: PartWriterOptions<Row>;
  readonly #groupRows: number;
  #waiting: Row[] = [];
  #part: ParquetPart | undefined;
  #partRows = 0;

  constructor(options: PartWriterOptions<Row>) {
    this.#options = options;
    this.#groupRows = Math.min(groupRows, options.partRows);
  }

  async add(rows: readonly Row[]): Promise<void> {
    for (const row of rows) {
      this.#waiting.push(row);
      if (this.#waiting.length === this.#groupRows) await this.#writeGroup();
    }
  }

  /** Also where there was no row: one empty part says so. */
  async finish(): Promise<PartEntry[]> {
    if (this.#waiting.length > 0 || this.entries.length === 0) await this.#writeGroup();
    await this.#endPart();
    return this.entries;
  }

  async #writeGroup(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (this.#partRows + rows.length > this.#options.partRows) await this.#endPart();
    this.#part ??= new ParquetPart(partSchemas[this.#options.kind]);
    if (rows.length > 0) this.#part.addGroup(rows.length, this.#options.columnsOf(rows));
    this.#partRows += rows.length;
  }

  async #endPart(): Promise<void> {
    if (this.#part === undefined) return;
    const bytes = this.#part.finish();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { kind, store } = this.#options;
    const number = String(this.entries.length).padStart(5, '0');
    const file = `${kind}-${number}-${sha256.slice(0, 12)}.parquet`;
    await store(file, bytes);
    this.entries.push({ kind, file, rows: this.#partRows, bytes: bytes.length, sha256 });
    this.#part = undefined;
    this.#partRows = 0;
  }
}
