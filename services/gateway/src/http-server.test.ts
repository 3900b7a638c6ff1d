import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer, listen } from '@reelay/shared/observability';
import { expect, test } from 'vitest';
import { createHttpServer, drainServer } from './http-server.ts';

const open = async (name: string, port = 0) => {
  const server = createHttpServer((_request, response) => response.end(name), { connectionsMax: 100 });
  await listen(server, port, '127.0.0.1', { reusePort: true });
  return { server, port: (server.address() as AddressInfo).port };
};

interface Got {
  body: string;
  connection: string | undefined;
}
const ask = (port: number, agent: Agent): Promise<Got> =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ body, connection: response.headers.connection }));
    }).on('error', reject);
  });

test('a connection that is kept gets one more answer while the server ends, with the word that it was the last', async () => {
  const { server, port } = await open('one');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await ask(port, agent)).connection).toBe('keep-alive');
  const draining = drainServer(server, 10_000);
  expect(await ask(port, agent)).toEqual({ body: 'one', connection: 'close' });
  // It ends with its last connection, long before the 10 s.
  await draining;
  await expect(ask(port, agent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await closeServer(server);
  agent.destroy();
});

test('planted: closed without it, the same request is lost', async () => {
  const { server, port } = await open('one');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await ask(port, agent);
  const closing = closeServer(server);
  await expect(ask(port, agent)).rejects.toMatchObject({ code: expect.stringMatching(/ECONN/) });
  await closing;
  agent.destroy();
});

test('a silent connection is cut when the time is over', async () => {
  const { server, port } = await open('one');
  const agent = new Agent({ keepAlive: true });
  await ask(port, agent);
  await drainServer(server, 20);
  await closeServer(server);
  agent.destroy();
});

test('two servers share a port, both are asked, and one goes on when the other has ended', async () => {
  const first = await open('one');
  const second = await open('two', first.port);
  const seen = new Set<string>();
  for (let at = 0; at < 1_000 && seen.size < 2; at++) {
    const agent = new Agent({ keepAlive: false });
    seen.add((await ask(first.port, agent)).body);
    agent.destroy();
  }
  expect([...seen].sort()).toEqual(['one', 'two']);
  await closeServer(first.server);
  const agent = new Agent({ keepAlive: false });
  for (let at = 0; at < 20; at++) expect((await ask(first.port, agent)).body).toBe('two');
  await closeServer(second.server);
});
