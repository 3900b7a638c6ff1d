/** Settings of one program, with the default of each as text; undefined where it has none. */
export type Settings = Map<string, string | undefined>;

/** What pages say of settings: by heading, name and default. */
export interface SettingRow {
  heading: string;
  name: string;
  default: string;
}

/** Reads every table whose first column names settings and of which another one is headed `default`. */
export function readSettingRows(markdown: string): SettingRow[] {
  const rows: SettingRow[] = [];
  let heading = '';
  let column = -1;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3);
    if (!line.startsWith('|')) column = -1;
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.includes('default')) column = cells.indexOf('default');
    else if (column > 0) rows.push(...settingsOf(cells[1], cells[column]).map((row) => ({ heading, ...row })));
  }
  return rows;
}

/** Of several names in one row each has its default, by commas; or all have the same. */
function settingsOf(first: string, defaults: string): { name: string; default: string }[] {
  const names = [...first.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name);
  const texts = defaults.split(/, (?=\S)/).map((text) => text.replaceAll('`', ''));
  return names.map((name, at) => ({ name, default: texts.length === names.length ? texts[at] : texts[0] }));
}

/** Depends on the host, or is given by `npm start` and `npm run up`. */
const dependsOnPlace = ['_set_', 'cores − 1', '.reelay here'];

/** What page and programs say differently, a sentence each. Sections are named `The <program>`; what stands under `Every service` holds for all. */
export function settingDifferences(programs: Map<string, Settings>, rows: readonly SettingRow[]): string[] {
  const under = (heading: string): SettingRow[] => rows.filter((row) => row.heading === heading);
  const shared = under('Every service');
  const found = [...programs].flatMap(([program, settings]) => {
    const own = under(`The ${program}`);
    const told = new Set([...own, ...shared].map(({ name }) => name));
    return [
      ...[...settings.keys()].filter((name) => !told.has(name)).map((name) => `not documented: ${program}, ${name}`),
      ...own.filter(({ name }) => !settings.has(name)).map(({ name }) => `not there: ${program}, ${name}`),
      ...own.flatMap((row) => wrongDefault(row, [settings])),
    ];
  });
  const all = [...programs.values()];
  return [...found, ...shared.flatMap((row) => wrongDefault(row, all))].sort();
}

/** Tables of other pages repeat some defaults: numbers that are those of no program. */
export const wrongNumbers = (programs: Map<string, Settings>, rows: readonly SettingRow[]): string[] =>
  rows
    .filter((row) => /^[\d,]*\.?\d+$/.test(row.default))
    .map((row) => ({ ...row, default: String(Number(row.default.replaceAll(',', ''))) }))
    .flatMap((row) => wrongDefault(row, [...programs.values()]));

function wrongDefault(row: SettingRow, programs: readonly Settings[]): string[] {
  const those = programs.filter((settings) => settings.has(row.name));
  const known = new Set(those.map((settings) => settings.get(row.name) ?? '–'));
  if (known.size === 0 || dependsOnPlace.includes(row.default) || known.has(row.default)) return [];
  return [`${row.name}: the page says ${row.default}, the program ${[...known].join(' or ')}`];
}
