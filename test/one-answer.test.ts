import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitOf, startPlatform, type RunningPlatform } from './run-platform.ts';

const root = join(import.meta.dirname, '..');
let home = '';
let platform: RunningPlatform;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-one-answer-'));
  platform = await startPlatform([], { REELAY_HOME: home, SIM_HISTORY_LINES: '200000', SIM_TRAFFIC: 'off' });
}, 180_000);
afterAll(async () => {
  platform.child.kill('SIGINT');
  await exitOf(platform.child);
  await rm(home, { recursive: true, force: true });
}, 60_000);

/** The script as a reader starts it. */
function runScript(userId: number): Promise<{ code: number; out: string; err: string }> {
  const env = {
    ...process.env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    REELAY_HOME: home,
    GATEWAY: platform.ready.gateway,
    REELAY: `${process.execPath} ${join(root, 'scripts/reelay.mjs')}`,
  };
  return new Promise((resolve) => {
    execFile('sh', [join(root, 'docs/one-answer.sh'), String(userId)], { env, cwd: root }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

test('docs/one-answer.sh: from one shown list to code, model and data, and the list again', async () => {
  const [userId] = platform.ready.users;
  const { code, out, err } = await runScript(userId);
  expect([err, code]).toEqual(['', 0]);
  for (const line of [
    /^user \d+ was shown: \S+, …$/m,
    /^request [0-9a-f-]{36}: (model|cache), \S+, from [1-9]\d* items of history$/m,
    /^answered by [0-9a-f]+ \(\d{4}-\d\d-\d\d\) .+$/m,
    /^trained by {2}[0-9a-f]+ \(/m,
    /^model 1-[0-9a-f]{6}: \d+ items, \d+ factors, made \S+$/m,
    /^data [0-9a-f]{12}: \d+ rows$/m,
    /^identical: 20 items, computed again from version 1-[0-9a-f]{6}$/m,
  ])
    expect(out).toMatch(line);
}, 180_000);

test('it ends with an error when a byte of the snapshot or of the model is another one', async () => {
  const [userId] = platform.ready.users;
  const [data] = (await readdir(join(home, 'snapshots'))).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const parts = await readdir(join(home, 'snapshots', data));
  const part = join(home, 'snapshots', data, parts.find((name) => name.endsWith('.parquet')) ?? '');
  const [version] = (await readdir(join(home, 'artifacts'))).filter((name) => name.startsWith('1-'));
  for (const file of [part, join(home, 'artifacts', version, 'factors.f32')]) {
    const sound = await readFile(file);
    await writeFile(file, sound.with(sound.length >> 1, sound[sound.length >> 1] ^ 1));
    const { code, err } = await runScript(userId);
    expect([code, err.includes('is damaged')]).toEqual([1, true]);
    await writeFile(file, sound);
  }
}, 180_000);
