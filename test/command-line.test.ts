import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'reelay-command-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The command as `npx reelay` finds it. */
function reelay(...args: string[]) {
  const program = join(root, 'node_modules/.bin/reelay');
  const { status, stdout, stderr } = spawnSync(program, args, {
    env: { ...process.env, REELAY_HOME: home },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const commands = [...reelay('--help').stdout.matchAll(/^ {2}([a-z-]+) /gm)]
  .map(([, name]) => name)
  .filter((name) => name !== 'help');

test('the command line names its commands', () => {
  expect(commands).toEqual(expect.arrayContaining(['up', 'replay', 'replay-answer', 'train', 'status', 'verify']));
});

describe.each(commands)('reelay %s', (command) => {
  test('has help with an example, and JSON', () => {
    const { status, stdout } = reelay(command, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: reelay ${command}`);
    expect(stdout).toContain('--json');
    expect(stdout).toMatch(/Examples?:\n {2}\$ np[mx]/);
  });
});

test('a command that does not exist is told so, with the help', () => {
  const { status, stderr } = reelay('nothing');
  expect(status).toBe(1);
  expect(stderr).toContain("unknown command 'nothing'");
});

test('a file that is not there is one sentence and a code', () => {
  const { status, stderr } = reelay('replay', join(home, 'no-such-file.log'), '--wait');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^reelay: cannot read .*\[NOT_FOUND\]$/m);
});

test('settings that cannot be used are told all at once', () => {
  const program = join(root, 'node_modules/.bin/reelay');
  const env = { ...process.env, REELAY_HOME: home, PORT: 'eighty', ADMIN_PORT: '70000' };
  const { status, stderr } = spawnSync(program, ['status'], { env, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('PORT:');
  expect(stderr).toContain('ADMIN_PORT:');
});

test('without a platform: a file is replayed, counted and equal in CSV and SQL; there is too little to train on', () => {
  const lines = [
    '2026-01-05T10:00:01,7,GET /data/m/a+quiet+river+1994/0.mpg',
    '2026-01-05T10:01,7,GET /data/m/a+quiet+river+1994/1.mpg',
    '2026-01-05T10:02:01,7,GET /rate/a+quiet+river+1994=4',
    '2026-01-05T10:02:02,7,GET /rate/A quiet river=4',
  ];
  const file = join(home, 'lines.log.gz');
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`));
  expect(JSON.parse(reelay('replay', file, '--wait', '--json').stdout)).toMatchObject({ appended: 4, stored: true });
  expect(JSON.parse(reelay('status', '--json').stdout)).toMatchObject({
    lines: { received: 4, accepted: 3, repeated: 0, quarantined: 1 },
    ratings: 1,
    watches: 2,
    model: { version: null },
    answers: { model: 0, cache: 0, fallback: 0 },
  });
  expect(reelay('verify').status).toBe(0);
  const { status, stderr } = reelay('train');
  expect(status).toBe(1);
  expect(stderr).toContain('NOT_ENOUGH_DATA');
}, 60_000);

test('the commands of the README are commands', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const named = [...text.matchAll(/npx reelay ([a-z]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(commands).toEqual(expect.arrayContaining(named));
});
