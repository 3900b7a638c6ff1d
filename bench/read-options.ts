import { parseArgs } from 'node:util';

type Value = string | boolean | (string | boolean)[] | undefined;

interface OptionNames<N extends string, S extends string, T extends string> {
  /** Each with its default. */
  numbers: Record<N, number>;
  switches?: readonly S[];
  texts?: readonly T[];
  /** Whether anything may stand there without a name. */
  parts?: boolean;
}

/**
 * Options of a measurement by the names on its command line, and what stands there without one (`parts`). `--help` prints the text and ends; a
 * number that is none is told and ends with 2.
 */
export function readOptions<N extends string, S extends string = never, T extends string = never>(
  help: string,
  { numbers, switches = [], texts = [], parts = false }: OptionNames<N, S, T>,
): Record<N, number> & Record<S, boolean> & Partial<Record<T, string>> & { parts: string[] } {
  const typed = (names: readonly string[], type: 'string' | 'boolean') =>
    names.map((name) => [name, { type }] as const);
  const { values, positionals } = parseArgs({
    allowPositionals: parts,
    options: Object.fromEntries([
      ...typed(['help', ...switches], 'boolean'),
      ...typed([...Object.keys(numbers), ...texts], 'string'),
    ]),
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const numbered = Object.entries<number>(numbers).map(([name, usual]) => [
    name,
    numberOf(name, values[name]) ?? usual,
  ]);
  const switched = switches.map((name) => [name, values[name] === true]);
  return Object.assign(values, Object.fromEntries([...numbered, ...switched]), { parts: positionals });
}

function numberOf(name: string, text: Value): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  console.error(`--${name} ${text.toString()} is no number`);
  process.exit(2);
}
