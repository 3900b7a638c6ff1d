import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createPopulation, generateHistory } from '@reelay/simulator';
import type { PlatformUnderTest } from './platform-under-test.ts';
import { row, type Row } from './print-table.ts';

const root = join(import.meta.dirname, '..');
const lines = 500_000;

/** A file of lines into the running platform by `reelay replay --wait`: from the command to the last row in SQL and CSV. */
export async function measureIngest(platform: PlatformUnderTest, rounds: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-bench-lines-'));
  try {
    const rates: number[] = [];
    const delays: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const file = join(folder, `round-${round}.log`);
      await writeLines(file, 100 + round);
      await platform.loopDelayP99Ms(); // reading it begins a new window
      const started = performance.now();
      await replay(file, platform.home);
      rates.push(lines / ((performance.now() - started) / 1_000));
      delays.push(await platform.loopDelayP99Ms());
    }
    return [
      row(`ingest of ${lines.toLocaleString('en')} lines into SQL and CSV, command included`, 'lines/s', rates),
      row('event-loop delay of the gateway meanwhile, p99', 'ms', delays),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeLines(file: string, seed: number): Promise<void> {
  const history = generateHistory(createPopulation({ seed, preset: 'small' }), { lines });
  const text = history.map(({ line }) => `${line}\n`);
  await pipeline(Readable.from(text), createWriteStream(file));
}

async function replay(file: string, home: string): Promise<void> {
  const args = [join(root, 'services/all-in-one/src/main.ts'), 'replay', file, '--wait'];
  const child = spawn(process.execPath, args, { env: { ...process.env, REELAY_HOME: home }, stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`reelay replay ended with code ${String(code)}`);
}
