import { parseArgs } from 'node:util';

export interface ChaosSettings {
  seed: number;
  lines: number;
  faults: number;
  /** Processes that join the group and leave it. */
  members: number;
}

export const fullChaos = { lines: 1_000_000, faults: 100, members: 30 } as const;

export const help = `Faults on real servers while a log is read, and then: is every line in SQL and in CSV, and none twice?

Usage: npm run test:chaos -- [options]

  --seed <n>     what is struck, when and how (default: drawn; printed first)
  --lines <n>    lines that are written while it goes on (default ${fullChaos.lines})
  --faults <n>   kills, pauses and restarts (default ${fullChaos.faults})
  --members <n>  ingestors that join the group and leave it (default ${fullChaos.members})
  --only ingest  the part to run; there is one
  --help

Takes ten to fifteen minutes on two cores. Needs RabbitMQ, Redis, Kafka and MariaDB: npm run setup:native
Exit code: 0 nothing lost or doubled, 1 something is wrong, 2 the options are.

Examples:
  $ npm run test:chaos
  $ npm run test:chaos -- --seed 7 --lines 100000 --faults 15 --members 3
`;

/** `help` when it was asked for; throws with a sentence for people when something is wrong. */
export function readOptions(args: string[], drawnSeed: number): ChaosSettings | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: String(drawnSeed) },
      lines: { type: 'string', default: String(fullChaos.lines) },
      faults: { type: 'string', default: String(fullChaos.faults) },
      members: { type: 'string', default: String(fullChaos.members) },
      only: { type: 'string', default: 'ingest' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.only !== 'ingest') throw new Error(`--only knows "ingest", not "${values.only}"`);
  return {
    seed: wholeNumber('seed', values.seed, 0),
    lines: wholeNumber('lines', values.lines, 1_000),
    faults: wholeNumber('faults', values.faults, 1),
    members: wholeNumber('members', values.members, 0),
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} is a whole number, at least ${least}, not "${text}"`);
  return value;
}
