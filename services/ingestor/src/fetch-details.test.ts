import type { IncomingMessage, ServerResponse } from 'node:http';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { createDetailsFetcher } from './fetch-details.ts';
import { normaliseMovie } from './normalise-details.ts';
import { openDetailsServer, type DetailsServer } from './testing/open-details-server.ts';

const reader = { read: normaliseMovie, idOf: ({ id }: { id: string }) => id };
const never = new AbortController().signal;

const servers: DetailsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function asking(answer: (request: IncomingMessage, response: ServerResponse) => void, timeoutMs = 2_000) {
  const server = await openDetailsServer(answer);
  servers.push(server);
  const fetcher = (url = server.url) => createDetailsFetcher({ url, reader, timeoutMs });
  return { server, fetcher };
}

test('ids go out as they are written in the log, several joined by a comma', async () => {
  const { server, fetcher } = await asking((_request, response) => response.end('[]'));
  const ids = ['la+moiti%C3%A9+gauche+2000', '...and+justice+1979', 'willy++wonka+1971'];
  await fetcher(`${server.url}/movie/`)(ids, never);
  expect(server.paths).toEqual([`/movie/${ids.join(',')}`]);
});

test('what it tells is read, whatever its type says', async () => {
  const { fetcher } = await asking((_request, response) => response.end('{"id":"a+1990","title":"A","runtime":"9"}'));
  expect(await fetcher()(['a+1990'], never)).toMatchObject({
    outcome: 'told',
    found: new Map([['a+1990', { id: 'a+1990', title: 'A', year: 1990, genres: [], runtime: 9 }]]),
  });
});

test('user and password of the address are sent, and are not in the path', async () => {
  const seen: (string | undefined)[] = [];
  const { server, fetcher } = await asking((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{}');
  });
  await fetcher(server.url.replace('//', '//team%207:se%40cret@'))(['a+1990'], never);
  expect(seen).toEqual([`Basic ${Buffer.from('team 7:se@cret').toString('base64')}`]);
});

test('429 hands on the time to wait, as far as it makes sense', async () => {
  for (const [header, retryAfterMs] of [
    ['2', 2_000],
    ['999999', 300_000],
    ['-5', 0],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
  ] as const) {
    const { fetcher } = await asking((_request, response) =>
      response.writeHead(429, { 'retry-after': header }).end('{}'),
    );
    expect(await fetcher()(['a+1990'], never)).toMatchObject({ outcome: 'busy', retryAfterMs });
  }
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  ['never answers', () => {}],
  ['stops in the middle', (_request, response) => void response.write('{"id":')],
  ['ends the connection', (request) => void request.socket.destroy()],
])('an API that %s is down, in bounded time', async (_name, answer) => {
  const { fetcher } = await asking(answer, 150);
  expect(await fetcher()(['a+1990'], never)).toMatchObject({ outcome: 'down', reason: expect.any(String) as string });
});

test('an answer without end is left', async () => {
  const { server, fetcher } = await asking((_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
      response.once('drain', more);
    };
    more();
  }, 10_000);
  expect(await fetcher()(['a+1990'], never)).toMatchObject({
    outcome: 'down',
    reason: expect.stringMatching('more than') as string,
  });
  await waitUntil('the connection is ended', () => server.left() === 1);
});

test('a port where nobody listens is down', async () => {
  const { server, fetcher } = await asking(() => {});
  await server.close();
  expect(await fetcher()(['a+1990'], never)).toMatchObject({ outcome: 'down' });
});

test('a stop ends the request', async () => {
  const { server, fetcher } = await asking(() => {}, 60_000);
  const leaving = new AbortController();
  const answer = fetcher()(['a+1990'], leaving.signal);
  await waitUntil('it is asked', () => server.paths.length === 1);
  leaving.abort();
  expect(await answer).toMatchObject({ outcome: 'down' });
});
