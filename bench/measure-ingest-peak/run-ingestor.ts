import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from '@reelay/shared/storage';
import { freePort } from '../../test/free-port.ts';

const main = join(import.meta.dirname, '../../services/ingestor/src/main.ts');
const nodeFlags = ['--disable-warning=TimeoutNegativeWarning', '--disable-warning=ExperimentalWarning'];
const withinMs = 240_000;
const lookMs = 250;

export interface IngestorRun {
  /** From the claim of the partition until the last window was committed, by the ingestor's own log. */
  seconds: number;
  /** Of each window: rows, CSV and progress. */
  commitSeconds: number[];
  /** Of the ingestor's process, its start included. */
  cpuSeconds: number;
  residentMiB: number;
}

export interface IngestorSettings {
  folder: string;
  topic: string;
  lines: number;
  environment: Record<string, string>;
  /** Options of Node, such as `--cpu-prof`. */
  nodeOptions: string[];
}

/** A fresh process over a topic that is full already, until all of it is stored. */
export async function runIngestor(ledger: Ledger, settings: IngestorSettings): Promise<IngestorRun> {
  const { folder, topic, lines } = settings;
  const logFile = join(folder, `${topic}.log`);
  const environment = { ...settings.environment, EVENT_TOPIC: topic, ADMIN_PORT: `${await freePort(10)}` };
  const output = openSync(logFile, 'w');
  const child = spawn(process.execPath, [...nodeFlags, ...settings.nodeOptions, main], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stored = async () => (await ledger.progress(topic))[0]?.nextOffset ?? 0;
  try {
    const giveUpAt = performance.now() + withinMs;
    while ((await stored()) < lines) {
      if (child.exitCode !== null) throw new Error(`the ingestor ended:\n${await readFile(logFile, 'utf8')}`);
      if (performance.now() > giveUpAt) throw new Error(`${topic} was not stored:\n${await readFile(logFile, 'utf8')}`);
      await pause(lookMs);
    }
    return { ...(await timesOf(logFile)), ...(await usageOf(child.pid ?? 0)) };
  } finally {
    child.kill('SIGTERM');
    await gone;
  }
}

interface LogLine {
  msg: string;
  /** Milliseconds since 1970. */
  time: number;
  durationMs?: number;
}

async function timesOf(logFile: string): Promise<Pick<IngestorRun, 'seconds' | 'commitSeconds'>> {
  const text = await readFile(logFile, 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  const parsed = lines.map((line) => JSON.parse(line) as LogLine);
  const claimed = parsed.find(({ msg }) => msg === 'partition claimed');
  const commits = parsed.filter(({ msg }) => msg === 'window committed');
  const last = commits.at(-1);
  if (!claimed || !last) throw new Error(`no window was committed:\n${text}`);
  return {
    seconds: (last.time - claimed.time) / 1_000,
    commitSeconds: commits.map(({ durationMs = Number.NaN }) => durationMs / 1_000),
  };
}

/** Linux only; its clock of processes ticks 100 times a second. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function usageOf(pid: number): Promise<Omit<IngestorRun, 'seconds' | 'commitSeconds'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN);
  return { cpuSeconds: await cpuSecondsOf(pid), residentMiB: peak / 1024 };
}
