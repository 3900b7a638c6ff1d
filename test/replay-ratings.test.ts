import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '@reelay/shared/storage';
import { verifyCsv } from '../services/ingestor/src/index.ts';

const run = promisify(execFile);
const reelay = join(import.meta.dirname, '../services/all-in-one/src/main.ts');
const data = process.env.REELAY_DATA;

if (data === undefined) {
  const sentence = 'not run on the published ratings of 2025: REELAY_DATA does not name the folder that has simulator/';
  if (process.env.REQUIRE_DATA === '1') throw new Error(sentence);
  console.log(sentence);
}

describe.each(data === undefined ? [] : [join(data, 'simulator', 'rate_lines_2025.log.gz')])('%s', (file) => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'reelay-replay-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const call = async (...args: string[]): Promise<unknown> => {
    const env = { ...process.env, REELAY_HOME: home };
    const { stdout } = await run(process.execPath, [reelay, ...args, '--json'], { env });
    return JSON.parse(stdout) as unknown;
  };

  test('published once or twice, it ends with exactly 10,029 ratings, in SQL and in CSV', async () => {
    for (const times of [1, 2]) {
      expect(await call('replay', file, '--wait')).toMatchObject({ stored: true });
      expect(await call('status'), `published ${times} times`).toMatchObject({ running: false, ratings: 10_029 });
    }
    const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
    try {
      expect(await verifyCsv(ledger, join(home, 'csv'))).toMatchObject({ equal: true, rows: { ratings: 10_029 } });
    } finally {
      await ledger.close();
    }
  }, 120_000);
});
