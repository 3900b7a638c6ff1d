/** One measured figure: the median over the rounds, and the rounds themselves. */
export interface Row {
  measure: string;
  unit: string;
  median: number;
  rounds: number[];
  /** What the figure was taken under: shares of outcomes, counts. */
  remark?: string;
}

export function row(measure: string, unit: string, rounds: number[], remark?: string): Row {
  const sorted = rounds.toSorted((a, b) => a - b);
  return { measure, unit, median: sorted[Math.floor(sorted.length / 2)], rounds, remark };
}

const rounded = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });

/** A table for people, in Markdown. */
export function printTable(machine: object, rows: Row[]): void {
  for (const [name, value] of Object.entries(machine)) console.log(`${name}: ${String(value)}`);
  console.log('\n| measure | median | rounds | remark |\n|---|---:|---|---|');
  for (const { measure, unit, median, rounds, remark } of rows) {
    console.log(`| ${measure} | ${rounded(median)} ${unit} | ${rounds.map(rounded).join(' · ')} | ${remark ?? ''} |`);
  }
}
