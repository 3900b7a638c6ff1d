const separators = ['::', '\t', ',', ';'] as const;
export type Separator = (typeof separators)[number];

/** What stands between the fields of this line; a comma where nothing does. */
export const separatorOf = (line: string): Separator => separators.find((one) => line.includes(one)) ?? ',';

/** Fields of a line; a field in double quotes may hold the separator, and a quote as two (RFC 4180). Spaces around fields do not count. */
export function splitFields(line: string, separator: Separator): string[] {
  if (!line.includes('"')) return line.split(separator).map((field) => field.trim());
  const fields: string[] = [];
  for (let start = 0; start <= line.length;) {
    const [field, end] = line[start] === '"' ? quoted(line, start) : plain(line, start, separator);
    fields.push(field.trim());
    const next = line.indexOf(separator, end);
    start = next === -1 ? line.length + 1 : next + separator.length;
  }
  return fields;
}

function plain(line: string, start: number, separator: Separator): [string, number] {
  const end = line.indexOf(separator, start);
  return end === -1 ? [line.slice(start), line.length] : [line.slice(start, end), end];
}

function quoted(line: string, start: number): [string, number] {
  let end = start + 1;
  while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1;
  return [line.slice(start + 1, end).replaceAll('""', '"'), Math.min(line.length, end + 1)];
}
