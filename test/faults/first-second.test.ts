import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A server that takes connections and never says a word. */
async function openMute(): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function startAlone(port: number): Promise<ServiceProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-first-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const list = join(folder, 'base.txt');
  await writeFile(list, 'heat+1995\ntoy+story+1995\nalien+1979\n');
  const environment = {
    QUEUE_URL: `amqp://127.0.0.1:${port}`,
    REDIS_URL: `redis://127.0.0.1:${port}`,
    ARTIFACTS_URL: `file:${join(folder, 'artifacts')}`,
    BASE_LIST: list,
  };
  const gateway = await createServiceProcess({ name: 'gateway', folder, environment });
  undo.push(() => gateway.stop());
  await gateway.start();
  return gateway;
}

test.each(['mute', 'away'])(
  'with RabbitMQ and Redis %s from the start the base list is given, at once',
  async (how) => {
    const gateway = await startAlone(how === 'mute' ? await openMute() : 1);
    const statuses = new Set<string>();
    for (let at = 1; at <= 50; at++) {
      const response = await fetch(`${gateway.url}/recommend/${at}`);
      statuses.add(`${response.status} ${await response.text()}`);
    }
    expect([...statuses]).toEqual(['200 heat+1995,toy+story+1995,alien+1979']);
    // Its own figures: how long it took to listen is the machine's affair, how long it answered is not.
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain('reelay_gateway_answers_total{outcome="fallback",rung="popular"} 50');
    expect(metrics).toMatch(/reelay_gateway_fallbacks_total\{reason="(NO_MODEL|BREAKER_OPEN)"\} 50/);
  },
  60_000,
);
