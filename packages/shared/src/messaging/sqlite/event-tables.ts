import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { logBatchMax, type LogLine, type PartitionRange } from '../event-log.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS event_partition (
    stream INTEGER PRIMARY KEY, topic TEXT NOT NULL, "partition" INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    UNIQUE (topic, "partition"));
  CREATE TABLE IF NOT EXISTS event_line (
    stream INTEGER NOT NULL, "offset" INTEGER NOT NULL, line BLOB NOT NULL,
    PRIMARY KEY (stream, "offset")) WITHOUT ROWID;
`;

/** Long lines make a batch shorter, so that its memory stays bounded. */
const batchBytesMax = 8 * 1024 * 1024;

interface PartitionRow extends PartitionRange {
  stream: number;
}

/**
 * The tables of the log and every statement on them. All calls are synchronous and short; one that meets a writer in another
 * thread or process throws `SQLITE_BUSY` at once (see `whenFree`).
 */
export class EventTables {
  readonly #database: DatabaseSync;
  readonly #ranges: StatementSync;
  readonly #read: StatementSync;
  readonly #insert: StatementSync;
  readonly #advance: StatementSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(schema);
    this.#ranges = this.#database.prepare(
      `SELECT stream, "partition", next_offset AS high, coalesce(
         (SELECT min("offset") FROM event_line l WHERE l.stream = p.stream), next_offset) AS low
       FROM event_partition p WHERE topic = ? ORDER BY "partition"`,
    );
    this.#read = this.#database.prepare(
      `SELECT "offset", line FROM event_line WHERE stream = ? AND "offset" >= ? ORDER BY "offset" LIMIT ${logBatchMax}`,
    );
    this.#insert = this.#database.prepare('INSERT INTO event_line VALUES (?, ?, ?)');
    this.#advance = this.#database.prepare('UPDATE event_partition SET next_offset = ? WHERE stream = ?');
  }

  makeTopic(topic: string, partitions: number): void {
    this.#write(() => {
      if (this.ranges(topic).length > 0) return;
      const insert = this.#database.prepare(
        'INSERT INTO event_partition (topic, "partition", next_offset) VALUES (?, ?, 0)',
      );
      for (let partition = 0; partition < partitions; partition += 1) insert.run(topic, partition);
    });
  }

  ranges(topic: string): PartitionRow[] {
    return this.#ranges.all(topic) as unknown as PartitionRow[];
  }

  /** Offsets are given inside the transaction, so that writers in several processes never take the same one. */
  append(topic: string, partition: number, lines: Uint8Array[]): void {
    this.#write(() => {
      const row = this.ranges(topic)[partition];
      lines.forEach((line, i) => this.#insert.run(row.stream, row.high + i, line));
      this.#advance.run(row.high + lines.length, row.stream);
    });
  }

  read(stream: number, offset: number): LogLine[] {
    const lines: LogLine[] = [];
    let bytes = 0;
    for (const row of this.#read.iterate(stream, offset)) {
      const line = { offset: row.offset as number, bytes: row.line as Uint8Array };
      lines.push(line);
      bytes += line.bytes.length;
      if (bytes >= batchBytesMax) break;
    }
    return lines;
  }

  close(): void {
    this.#database.close();
  }

  #write(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
