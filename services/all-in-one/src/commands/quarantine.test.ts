import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-quarantine-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function reelay(args: string[], settings: Record<string, string> = {}): Promise<{ code: number; text: string }> {
  const main = join(import.meta.dirname, '../main.ts');
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, REELAY_HOME: home, ...settings } });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.on('close', (value) => resolve(value ?? -1)));
  return { code, text };
}

const json = async (args: string[], settings?: Record<string, string>): Promise<unknown> =>
  JSON.parse((await reelay([...args, '--json'], settings)).text);

// Nine starts of a process, on a machine that may be busy.
const withinMs = 120_000;

test(
  'lines beyond the rating scale are listed, and stored once the scale is told; CSV stays SQL',
  { timeout: withinMs },
  async () => {
    const file = join(home, 'log.txt');
    const stamp = (minute: number) => `2031-05-06T07:0${minute}:00`;
    const lines = [`${stamp(1)},5,GET /rate/a+1999=3`, `${stamp(2)},5,GET /rate/a+1999=9`, `${stamp(3)},6,no line`];
    await writeFile(file, lines.join('\n'));
    await reelay(['replay', file]);
    const reasons = [
      { reason: 'FORM', lines: 1 },
      { reason: 'RATING_RANGE', lines: 1 },
    ];
    expect(await json(['quarantine'])).toMatchObject({ reasons, lines: [{ line: lines[2] }, { line: lines[1] }] });
    const nothing = { lines: 2, accepted: 0, repeated: 0, refused: 2, cut: 0 };
    expect(await json(['quarantine', '--redrive'])).toEqual(nothing);
    const spring = { RATING_MAX: '10' };
    expect(await json(['quarantine', '--redrive'], spring)).toEqual({ ...nothing, accepted: 1, refused: 1 });
    expect(await json(['quarantine', '--redrive'], spring)).toEqual({ ...nothing, lines: 1, refused: 1 });
    expect(await json(['quarantine', '--reason', 'form'])).toMatchObject({
      reasons: [reasons[0]],
      lines: [{ offset: 2 }],
    });
    expect(await json(['status'])).toMatchObject({ lines: { received: 3, accepted: 2, repeated: 0, quarantined: 1 } });
    const { code, text } = await reelay(['verify']);
    expect(code).toBe(0);
    expect(text).toContain('CSV and SQL are equal, row for row');
    expect((await reelay(['quarantine', '--reason', 'NONSENSE'])).code).toBe(1);
  },
);
