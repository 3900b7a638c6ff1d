import { parseArgs } from 'node:util';

export const chaosParts = ['ingest', 'requests', 'releases', 'corruption'] as const;
export type ChaosPart = (typeof chaosParts)[number];

export interface ChaosSettings {
  seed: number;
  parts: readonly ChaosPart[];
  lines: number;
  /** Of the ingest's chaos. */
  faults: number;
  /** Processes that join the group and leave it. */
  members: number;
  /** Of the requests' chaos. */
  requestFaults: number;
  /** Requests a second. */
  rate: number;
  /** Of release-managers and trainer. */
  kills: number;
  /** Damaged versions. */
  corruptions: number;
}

export const fullChaos = {
  lines: 1_000_000,
  faults: 100,
  members: 30,
  requestFaults: 200,
  rate: 175,
  kills: 200,
  corruptions: 1_000,
} as const;

export const help = `Faults on real servers, and then: is every log line in SQL and in CSV, none twice, was every request answered in time, by one stable version
or its canary, and never from a damaged one?

Usage: npm run test:chaos -- [options]

  --seed <n>             what is struck, when and how (default: drawn; printed first)
  --only <part>          ingest, requests, releases or corruption; all, one after the other, without it
  --lines <n>            ingest: lines that are written while it goes on (default ${fullChaos.lines})
  --faults <n>           ingest: kills, pauses and restarts (default ${fullChaos.faults})
  --members <n>          ingest: ingestors that join the group and leave it (default ${fullChaos.members})
  --request-faults <n>   requests: kills and pauses (default ${fullChaos.requestFaults})
  --rate <n>             requests: asked a second (default ${fullChaos.rate})
  --kills <n>            releases: kills of release-managers and trainer (default ${fullChaos.kills})
  --corruptions <n>      corruption: damaged versions, without a server (default ${fullChaos.corruptions})
  --help

Each part but the last takes ten to fifteen minutes on two cores. Needs RabbitMQ, Redis, Kafka and MariaDB: npm run setup:native
Exit code: 0 nothing lost, doubled or late, 1 something is wrong, 2 the options are.

Examples:
  $ npm run test:chaos
  $ npm run test:chaos -- --only requests --request-faults 20
  $ npm run test:chaos -- --only releases --kills 50
  $ npm run test:chaos -- --only ingest --seed 7 --lines 100000 --faults 15 --members 3
`;

/** `help` when it was asked for; throws with a sentence for people when something is wrong. */
export function readOptions(args: string[], drawnSeed: number): ChaosSettings | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: String(drawnSeed) },
      only: { type: 'string' },
      lines: { type: 'string', default: String(fullChaos.lines) },
      faults: { type: 'string', default: String(fullChaos.faults) },
      members: { type: 'string', default: String(fullChaos.members) },
      'request-faults': { type: 'string', default: String(fullChaos.requestFaults) },
      rate: { type: 'string', default: String(fullChaos.rate) },
      kills: { type: 'string', default: String(fullChaos.kills) },
      corruptions: { type: 'string', default: String(fullChaos.corruptions) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    seed: wholeNumber('seed', values.seed, 0),
    parts: partsOf(values.only),
    lines: wholeNumber('lines', values.lines, 1_000),
    faults: wholeNumber('faults', values.faults, 1),
    members: wholeNumber('members', values.members, 0),
    requestFaults: wholeNumber('request-faults', values['request-faults'], 1),
    rate: wholeNumber('rate', values.rate, 1),
    kills: wholeNumber('kills', values.kills, 1),
    corruptions: wholeNumber('corruptions', values.corruptions, 1),
  };
}

function partsOf(only: string | undefined): readonly ChaosPart[] {
  if (only === undefined) return chaosParts;
  const part = chaosParts.find((one) => one === only);
  if (part === undefined) throw new Error(`--only knows ${chaosParts.join(', ')}, not "${only}"`);
  return [part];
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} is a whole number, at least ${least}, not "${text}"`);
  return value;
}
