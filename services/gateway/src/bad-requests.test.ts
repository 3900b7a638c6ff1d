import { connect } from 'node:net';
import { errorResponse } from '@reelay/shared/contracts';
import { createManualClock } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, startWorker, type World } from './testing/world.ts';

interface RawAnswer {
  status: number;
  contentType: string | undefined;
  body: string;
}

/** Sends bytes as they are: what `fetch` would tidy up arrives untouched. */
function sendRaw(world: World, request: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(world.gateway.port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    socket.on('error', reject).on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      const contentType = /^content-type: (.*)$/im.exec(head)?.[1];
      resolve({ status: Number(head.split(' ', 2)[1]), contentType, body });
    });
  });
}

const getRaw = (world: World, target: string): Promise<RawAnswer> =>
  sendRaw(world, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

const badIds: [string, string][] = [
  ['0', '0'],
  ['-1', '-1'],
  ['abc', 'abc'],
  ['1e3', '1e3'],
  ['2^53', `${2 ** 53}`],
  ['2^31', `${2 ** 31}`],
  ['an encoded ..', '%2e%2e'],
  ['5,000 digits', '1'.repeat(5_000)],
  ['nothing', ''],
  ['a malformed percent code', '%zz'],
  ['an encoded digit', '%31'],
  ['an encoded slash', '1%2f2'],
  ['an encoded line break', '1%0d%0a'],
  ['an encoded NUL', '1%00'],
  ['two segments', '1/2'],
  ['..', '..'],
];

let world: World;
let lenient: World;
beforeAll(async () => {
  world = await openWorld();
  await startWorker(world);
  lenient = await openWorld({ clock: createManualClock(), settings: { MALFORMED_IDS: 'answer' } });
});
afterAll(async () => {
  await world.dispose();
  await lenient.dispose();
});

describe('ids that are none', () => {
  test.each(badIds)('%s: 400, a code, JSON', async (_what, id) => {
    const { status, contentType, body } = await getRaw(world, `/recommend/${id}`);
    expect([status, contentType]).toEqual([400, 'application/json; charset=utf-8']);
    expect(errorResponse.parse(JSON.parse(body)).error.code).toBe('USER_ID_INVALID');
  });

  test('no id and no slash either: the same', async () => {
    const { status, body } = await getRaw(world, '/recommend');
    expect([status, errorResponse.parse(JSON.parse(body)).error.code]).toEqual([400, 'USER_ID_INVALID']);
  });

  test.each([...badIds, ['no slash', '']])(
    '%s: where the settings say so, 200 and the popular list',
    async (_what, id) => {
      const { status, contentType, body } = await getRaw(lenient, `/recommend/${id}`);
      expect([status, contentType]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(body.split(',').length).toBe(20);
    },
  );

  test('the log never holds what was sent', async () => {
    await getRaw(world, '/recommend/secret-looking-id');
    expect(JSON.stringify(world.lines)).not.toContain('secret-looking-id');
  });
});

test.each(['007', '2000000', `${2 ** 31 - 1}`, '42/', '42?x=1&x=2', '42?%zz'])(
  '%s is answered with 200',
  async (id) => {
    const { status, body } = await getRaw(world, `/recommend/${id}`);
    expect([status, body.split(',').length]).toEqual([200, 20]);
  },
);

describe('requests that are none', () => {
  test.each([
    ['another path', 'GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404, 'NOT_FOUND'],
    [
      'a path that only begins like one',
      'GET /recommender/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      404,
      'NOT_FOUND',
    ],
    [
      'another method',
      'POST /recommend/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      404,
      'NOT_FOUND',
    ],
    ['a malformed path', 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404, 'NOT_FOUND'],
    ['a URL of 20 KiB', `GET /recommend/${'1'.repeat(20_480)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'REQUEST_INVALID'],
    ['no HTTP at all', 'what is this\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['no host', 'GET /recommend/1 HTTP/1.1\r\n\r\n', 400, undefined],
  ])('%s: a clear status', async (_what, request, expected, code) => {
    const { status, body } = await sendRaw(world, request);
    expect(status).toBe(expected);
    if (code !== undefined) expect(errorResponse.parse(JSON.parse(body)).error.code).toBe(code);
  });
});

test('of all that was sent nothing was a 500', async () => {
  expect(await world.registry.metrics()).not.toContain('code="INTERNAL"');
});
