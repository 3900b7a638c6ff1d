import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolders } from '../testing/temporary-folder.ts';
import { isFree, keptPorts } from './kept-ports.ts';

const newFolder = temporaryFolders();

async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
}

test('ports are all different and stay the same at the next start', async () => {
  const folder = newFolder();
  const ports = await keptPorts(folder, ['epmd', 'distribution']);
  expect(new Set(Object.values(ports)).size).toBe(3);
  expect(await keptPorts(folder, ['epmd', 'distribution'])).toEqual(ports);
});

test('a kept port that somebody else has taken is replaced, the others stay', async () => {
  const folder = newFolder();
  const before = await keptPorts(folder, ['epmd']);
  await occupy(before.main);
  expect(await isFree(before.main)).toBe(false);
  const after = await keptPorts(folder, ['epmd']);
  expect(after.main).not.toBe(before.main);
  expect(after['epmd']).toBe(before['epmd']);
});

test('a port that was asked for is kept to, or refused with a code', async () => {
  const { main } = await keptPorts(newFolder(), []);
  expect((await keptPorts(newFolder(), [], main)).main).toBe(main);
  await occupy(main);
  await expect(keptPorts(newFolder(), [], main)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
});

test('a torn or senseless file of ports is replaced', async () => {
  const folder = newFolder();
  for (const text of ['{"main":', 'null', '{"main":70000}', '{"main":"1"}']) {
    writeFileSync(join(folder, 'ports.json'), text);
    expect((await keptPorts(folder, [])).main).toBeGreaterThanOrEqual(20_000);
  }
});
