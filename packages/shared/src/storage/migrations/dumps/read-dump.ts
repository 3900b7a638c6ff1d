import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `sqlite`, `mysql`: the statements that made the schema, as they were run. `rows`: some rows of every table, for both. */
export type DumpPart = 'sqlite' | 'mysql' | 'rows';

export const dumpPath = (version: number, part: DumpPart): string =>
  join(import.meta.dirname, `${String(version).padStart(4, '0')}.${part}.sql`);

const between = ';\n\n';

export const joinStatements = (statements: string[]): string => statements.map((sql) => sql + between).join('');

export async function readDump(version: number, part: DumpPart): Promise<string[]> {
  return (await readFile(dumpPath(version, part), 'utf8')).split(between).filter((sql) => sql !== '');
}
