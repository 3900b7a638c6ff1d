/** `npm run test:chaos`: see `--help`. */
import { messageOf } from '@reelay/shared/runtime';
import { countFaults, missedFaults } from '@reelay/shared/testing';
import { missingServers, nativeServerNames, type NativeServerName } from '@reelay/native';
import { help, readOptions, type ChaosPart, type ChaosSettings } from './chaos-options.ts';
import { runCorruption } from './corruption/run-corruption.ts';
import { runReleaseChaos } from './releases/run-release-chaos.ts';
import { sayCorruptionVerdict, sayReleaseVerdict } from './say-release-verdict.ts';
import { sayRequestVerdict } from './say-request-verdict.ts';
import { runRequestChaos } from './request-chaos.ts';
import { runIngestChaos, type ChaosProgress, type IngestChaosReport } from './run-ingest-chaos.ts';
import { problemsOf } from './verdict.ts';

async function main(args: string[]): Promise<number> {
  let settings: ChaosSettings | 'help';
  try {
    settings = readOptions(args, Date.now() % 1_000_000);
  } catch (error) {
    console.error(`${messageOf(error)}\nnpm run test:chaos -- --help says what there is.`);
    return 2;
  }
  if (settings === 'help') return (console.log(help), 0);
  console.error(`seed ${settings.seed}`);
  const missing = await missingServers([...new Set(settings.parts.flatMap((part) => serversOf[part]))]);
  if (missing.length > 0) {
    console.error(`Not installed: ${missing.map(({ name }) => name).join(', ')}. ${missing[0].cure}`);
    return 2;
  }
  return await run(settings);
}

const serversOf: Record<ChaosPart, readonly NativeServerName[]> = {
  ingest: nativeServerNames,
  requests: ['rabbitmq', 'redis'],
  releases: ['redis', 'mariadb'],
  corruption: [],
};

async function run(settings: ChaosSettings): Promise<number> {
  const parts = { ingest: runIngest, requests: runRequests, releases: runReleases, corruption: runDamages };
  let worst = 0;
  for (const part of settings.parts) {
    try {
      worst = Math.max(worst, await parts[part](settings));
    } catch (error) {
      sayEvent(`FAILED (${part}) with seed ${settings.seed}: ${messageOf(error)}`);
      worst = 1;
    }
  }
  return worst;
}

async function runIngest(settings: ChaosSettings): Promise<number> {
  const onProgress = terminal ? (progress: ChaosProgress) => show(settings, progress) : undefined;
  return sayVerdict(settings, await runIngestChaos({ ...settings, onEvent: sayEvent, onProgress }));
}

/** Between two strikes there is time for full answers to come back. */
const requestTimes = { spacing: [1_000, 5_000], lasts: [300, 2_500] } as const;

async function runRequests({ seed, requestFaults, rate }: ChaosSettings): Promise<number> {
  const settings = { seed, faults: requestFaults, rate, ...requestTimes };
  return sayRequestVerdict(seed, await runRequestChaos({ ...settings, onEvent: sayEvent }));
}

/** Often enough that two are away at once. */
const releaseTimes = { spacing: [200, 3_000], lasts: [50, 1_000] } as const;

async function runReleases({ seed, kills }: ChaosSettings): Promise<number> {
  const report = await runReleaseChaos({ seed, kills, ...releaseTimes, onEvent: sayEvent });
  return sayReleaseVerdict(seed, kills, report);
}

const runDamages = async ({ seed, corruptions }: ChaosSettings): Promise<number> =>
  sayCorruptionVerdict(seed, await runCorruption({ seed, corruptions, onEvent: sayEvent }));

const terminal = process.stderr.isTTY;
const sayEvent = (event: string): void => console.error(`${terminal ? clearLine : ''}${event}`);
const clearLine = '\r\u001b[K';

function show({ lines, faults }: ChaosSettings, { acknowledged, lag, struck, played }: ChaosProgress): void {
  const told = [`${acknowledged} of ${lines} lines`, `lag ${lag}`, `${struck} of ${faults} faults`, `${played} scenes`];
  process.stderr.write(`${clearLine}${told.join(', ')}`);
}

function sayVerdict(settings: ChaosSettings, report: IngestChaosReport): number {
  const { linesInLog, counts, csv, receipts, seconds, resent, incarnations, scenes } = report;
  const problems = problemsOf(report, settings);
  console.table(countFaults(report.faults));
  console.log(
    [
      `${linesInLog} lines in the log (${settings.lines} acknowledged, ${resent.appends} appends tried again), ${incarnations} incarnations, ${seconds} s`,
      `received ${counts.received} = accepted ${counts.accepted} + repeated ${counts.repeated} + quarantined ${counts.quarantined}`,
      `${report.faults.length} faults, ${report.faults.length - missedFaults(report.faults).length} hit; ${scenes.length} scenes`,
      `SQL against the log: ${report.differences.length} differences`,
      `CSV against SQL: ${csv.equal ? 'equal' : 'not equal'}, ${JSON.stringify(csv.rows)} in ${csv.files} files`,
      `receipts: ${receipts.receipts}, ${receipts.missing} missing, ${receipts.doubled} doubled, ${receipts.unknown} of nobody; ${resent.batches} batches sent again`,
    ].join('\n'),
  );
  if (problems.length === 0) console.log(`OK: nothing lost, nothing doubled (seed ${settings.seed})`);
  else console.error(`FAILED with seed ${settings.seed}:\n${problems.join('\n')}`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
