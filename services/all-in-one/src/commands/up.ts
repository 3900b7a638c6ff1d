import { join } from 'node:path';
import { AppError, messageOf, systemClock, within, type Service } from '@reelay/shared/runtime';
import type { Command } from 'commander';
import { startEmbedded } from '../embedded/embedded-platform.ts';
import { prepareFirstRun } from '../first-run.ts';
import { createLogRotation } from '../logs/log-rotation.ts';
import type { Platform } from '../platform.ts';
import { startProcesses } from '../processes/process-platform.ts';
import { readWorkerRange } from '../processes/worker-processes.ts';
import { readRunFile, removeRunFile, writeRunFile } from '../run-file.ts';
import { readSettings, type Settings } from '../settings.ts';
import { showLiveFigures } from '../terminal/live-figures.ts';
import { createVoice, type Voice } from '../terminal/voice.ts';

const endStartWithinMs = 10_000;

interface UpOptions {
  processes?: boolean;
  simulator: boolean;
  workers?: string;
  json?: boolean;
}

export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('start everything: in this process without any server, or a process each on real servers')
    .option(
      '--processes',
      'separate processes on RabbitMQ, Redis, Kafka and MySQL/MariaDB (QUEUE_URL, REDIS_URL, EVENT_LOG_URL, LEDGER_URL; else the servers of setup:native)',
    )
    .option('--no-simulator', 'the platform alone, without generated history and traffic')
    .option(
      '--workers <n>',
      'with --processes: workers that follow the load (auto), within a range (1-6), or so many (3)',
    )
    .option('--json', 'JSON lines instead of text')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npm start\n  $ npm start -- --no-simulator\n  $ npm run up\n  $ npm run up -- --workers auto',
    )
    .action((options: UpOptions) => up(options));
}

async function up(options: UpOptions): Promise<void> {
  const settings = readSettings(process.env);
  const voice = createVoice(options.json === true);
  await refuseSecond(settings);
  const stopped = nextSignal();
  const rotation = logRotation(settings, voice);
  await rotation.start();
  try {
    await run(settings, options, voice, stopped);
  } finally {
    await rotation.stop();
  }
}

async function run(settings: Settings, options: UpOptions, voice: Voice, stopped: Promise<void>): Promise<void> {
  const starting = start(settings, options, voice);
  const platform = await Promise.race([starting, stopped]);
  if (!platform) return endStart(starting);
  try {
    await writeRunFile(settings.REELAY_HOME, runFileOf(settings, platform));
    await Promise.race([live(settings, platform, options, voice), stopped, platform.died]);
    voice.say('stopping', 'Stopping …');
  } finally {
    await removeRunFile(settings.REELAY_HOME);
    await platform.stop();
  }
}

const logRotation = (settings: Settings, voice: Voice): Service =>
  createLogRotation({
    folder: join(settings.REELAY_HOME, 'logs'),
    maxBytes: settings.LOG_FILE_MAX_MB * 2 ** 20,
    keep: settings.LOG_FILES_KEEP,
    clock: systemClock,
    onProblem: (error) =>
      voice.say('logs', `Log files are not rotated: ${messageOf(error)}`, { error: messageOf(error) }),
  });

/** A signal came while everything was starting: what has started is stopped, the rest ends with this process. */
async function endStart(starting: Promise<Platform>): Promise<void> {
  await within(
    endStartWithinMs,
    'the start',
    starting.then((platform) => platform.stop()),
  ).catch(() => {});
  process.exitCode = 130;
}

function start(settings: Settings, { processes, simulator, workers }: UpOptions, voice: Voice): Promise<Platform> {
  const range = workers === undefined ? undefined : readWorkerRange(workers);
  if (range && !processes) throw new AppError('REQUEST_INVALID', '--workers needs separate processes: npm run up');
  return processes
    ? startProcesses(settings, { simulator, workers: range }, voice)
    : startEmbedded(settings, { simulator });
}

/** Prepares the first run, shows where everything is, and then the figures, for ever. */
async function live(settings: Settings, platform: Platform, { simulator }: UpOptions, voice: Voice): Promise<never> {
  const users = simulator ? await prepareFirstRun(settings, platform, voice) : [];
  voice.welcome(platform, users);
  return showLiveFigures(platform, voice);
}

async function refuseSecond({ REELAY_HOME: home }: Settings): Promise<void> {
  const other = await readRunFile(home);
  if (other)
    throw new AppError('START_FAILED', `already running from ${home} (process ${other.pid}, ${other.gateway})`);
}

/** The first signal; later ones are heard and ignored, since the stop is under way and bounded. */
const nextSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve());
  });

const runFileOf = (settings: Settings, platform: Platform) => ({
  pid: process.pid,
  mode: platform.mode,
  startedAt: new Date().toISOString(),
  gateway: platform.gateway,
  admin: platform.admin as Record<string, string>,
  topic: settings.EVENT_TOPIC,
  namespace: settings.NAMESPACE,
  addresses: platform.addresses,
});
