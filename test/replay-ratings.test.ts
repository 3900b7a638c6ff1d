import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { openLedger } from '@reelay/shared/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyCsv } from '../services/ingestor/src/index.ts';
import { historyOf, tinyPopulation } from './append-history.ts';

const run = promisify(execFile);
const reelay = join(import.meta.dirname, '../services/all-in-one/src/main.ts');
const enoughMs = 120_000;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-replay-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** What a command of the command line says as JSON. */
async function call(...args: string[]): Promise<unknown> {
  const env = { ...process.env, REELAY_HOME: home };
  const { stdout } = await run(process.execPath, [reelay, ...args, '--json'], { env });
  return JSON.parse(stdout) as unknown;
}

async function expectRatings(ratings: number): Promise<void> {
  expect(await call('status')).toMatchObject({ running: false, ratings });
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  try {
    expect(await verifyCsv(ledger, join(home, 'csv'))).toMatchObject({ equal: true, rows: { ratings } });
  } finally {
    await ledger.close();
  }
}

test(
  'a file that is replayed by the command line, plain and then packed, ends with its ratings once',
  async () => {
    const history = historyOf(tinyPopulation(), 5_000);
    const text = history.map(({ line }) => `${line}\n`).join('');
    const sound = history.filter(({ line, dirty }) => dirty !== 'detectable' && line.includes('GET /rate/'));
    const ratings = new Set(sound.map(({ line }) => line)).size;
    expect(ratings).toBeGreaterThan(20);
    const files = { 'history.log': text, 'history.log.gz': gzipSync(text) };
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(home, name), content);
      const said = { appended: history.length, stored: true };
      expect(await call('replay', join(home, name), '--wait')).toMatchObject(said);
      await expectRatings(ratings);
    }
  },
  enoughMs,
);

const data = process.env.REELAY_DATA;
if (data !== undefined) {
  test(
    'the published ratings of 2025, replayed once or twice, end with exactly 10,029',
    async () => {
      for (const _ of ['once', 'twice']) {
        const file = join(data, 'simulator', 'rate_lines_2025.log.gz');
        expect(await call('replay', file, '--wait')).toMatchObject({ stored: true });
        await expectRatings(10_029);
      }
    },
    enoughMs,
  );
} else if (process.env.REQUIRE_DATA === '1') {
  throw new Error('REQUIRE_DATA=1, and REELAY_DATA does not name the folder that has simulator/');
} else {
  console.log('not run on the published ratings of 2025: REELAY_DATA does not name the folder that has simulator/');
}
