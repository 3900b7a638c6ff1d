import type { Parsed } from '@reelay/shared/contracts';
import { createLineParser, defaultLimits, type LineParser, type ParseLimits } from '../parse-line.ts';
import { seeded } from '../testing/invent-lines.ts';
import { parseSlowly } from '../testing/parse-slowly.ts';
import { damageLine } from './damage-line.ts';
import { generateLine, type Below } from './generate-line.ts';

/** The settings under which lines are parsed; of 64 lines one is read in each of the zones, since there the slow twin is very slow. */
const settings: ParseLimits[] = [
  defaultLimits,
  { ...defaultLimits, ratingMax: 10 },
  { ...defaultLimits, userIdMax: 500_000 },
  { ...defaultLimits, zone: 'America/Toronto' },
  { ...defaultLimits, zone: 'Australia/Lord_Howe' },
];
const settingOf = (below: Below): number => {
  const drawn = below(64);
  return drawn < 32 ? 0 : drawn < 47 ? 1 : drawn < 62 ? 2 : drawn < 63 ? 3 : 4;
};

export interface Comparison {
  lines: number;
  bytes: number;
  damaged: number;
  /** Lines by what the slow parser said: a kind of event or a reason. */
  verdicts: Record<string, number>;
  throws: number;
  differences: number;
  /** The first ten lines that differ, for a person, as base64. */
  examples: string[];
}

export interface CompareOptions {
  lines: number;
  seed: number;
  /** The parser under test, by its settings. */
  createParser?: (limits: ParseLimits) => LineParser;
  /** Called each 100,000 lines. */
  onProgress?: (done: number) => void;
}

/** Parses generated and damaged lines twice, by the quick parser and by its slow twin. */
export function compareParsers(options: CompareOptions): Comparison {
  const { lines, seed, createParser = createLineParser, onProgress } = options;
  const below = seeded(seed);
  const parsers = settings.map((limits) => ({ limits, parse: createParser(limits) }));
  const result: Comparison = { lines: 0, bytes: 0, damaged: 0, verdicts: {}, throws: 0, differences: 0, examples: [] };
  while (result.lines < lines) {
    compareOne(result, parsers[settingOf(below)], nextLine(result, below));
    if (result.lines % 100_000 === 0) onProgress?.(result.lines);
  }
  return result;
}

/** Half of the lines are damaged. */
function nextLine(result: Comparison, below: Below): Uint8Array {
  const line = Buffer.from(generateLine(below).line);
  if (below(2) === 0) return line;
  result.damaged += 1;
  return damageLine(line, below);
}

function compareOne(
  result: Comparison,
  { limits, parse }: { limits: ParseLimits; parse: LineParser },
  line: Uint8Array,
): void {
  const expected = parseSlowly(line, limits);
  const verdict = expected.ok ? expected.event.kind : expected.reason;
  result.verdicts[verdict] = (result.verdicts[verdict] ?? 0) + 1;
  result.lines += 1;
  result.bytes += line.length;
  let parsed: Parsed | undefined;
  try {
    parsed = parse(line);
  } catch {
    result.throws += 1;
  }
  if (isSame(parsed, expected)) return;
  result.differences += 1;
  if (result.examples.length < 10) result.examples.push(Buffer.from(line).subarray(0, 1_000).toString('base64'));
}

/** Plain data: texts, numbers, and lists and objects of them. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]));
}
