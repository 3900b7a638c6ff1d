/** Names of columns by table or file, as a page of the docs says. */
export type Dictionary = Map<string, Set<string>>;

const names = (text: string): string[] => [...text.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);

/**
 * Reads the tables of a section whose first column names tables (an empty cell: the same as above) and whose second one names columns. Only names
 * before a `;` or in a list count, so that a meaning may mention others.
 */
export function readDictionary(markdown: string, heading: string): Dictionary {
  const found: Dictionary = new Map();
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  let tables: string[] = [];
  for (const line of section.split('\n')) {
    const [, first, second] = line.split('|');
    if (second === undefined) continue;
    if (names(first).length > 0) tables = names(first);
    for (const table of tables) addTo(found, table, names(second.split(';')[0]));
  }
  return found;
}

/** The other form: a line "`table` — …" with columns in it, or with a table of columns below it. */
export function readDescribedTables(markdown: string, heading: string): Dictionary {
  const found: Dictionary = new Map();
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  let table: string | undefined;
  for (const line of section.split('\n')) {
    const begun = /^`([a-z_]+)` — (.*)$/.exec(line);
    if (begun) addTo(found, (table = begun[1]), names(begun[2]));
    else if (line.startsWith('|') && table) addTo(found, table, names(line.split('|')[1]));
    else if (line.startsWith('```')) table = undefined;
  }
  return found;
}

function addTo(dictionary: Dictionary, table: string, columns: string[]): void {
  const known = dictionary.get(table) ?? new Set();
  dictionary.set(table, known);
  for (const column of columns) known.add(column);
}

/** What one has and the other has not, a sentence each. */
export function differences(real: Dictionary, documented: Dictionary): string[] {
  const lacking = (from: Dictionary, to: Dictionary, what: string): string[] =>
    [...from].flatMap(([table, columns]) =>
      [...columns].filter((column) => !to.get(table)?.has(column)).map((column) => `${what}: ${table}.${column}`),
    );
  return [...lacking(real, documented, 'not documented'), ...lacking(documented, real, 'not there')].sort();
}
