import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNoticeSender } from './send-notice.ts';
import { createTrainer } from './service.ts';
import { openTrainerWorld, smallData } from './testing/trainer-world.ts';

let server: Server;
let url: string;
let received: { path?: string; body: { kind: string; subject: string; text: string; key: string } }[];
let failures: number;
beforeEach(async () => {
  received = [];
  failures = 0;
  server = createServer(async (request, response) => {
    const body = JSON.parse(String(Buffer.concat(await request.toArray()))) as (typeof received)[number]['body'];
    response.statusCode = failures-- > 0 ? 503 : 200;
    if (response.statusCode === 200) received.push({ path: `${request.method} ${request.url}`, body });
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

const notice = { kind: 'training-crash', subject: 'it failed', text: 'because' } as const;

test('a notice comes in the end, though the first tries fail, and once', async () => {
  const clock = createManualClock();
  const { log } = createMemoryLogger();
  failures = 3;
  createNoticeSender({ url, log, clock })(notice);
  await waitUntil('it has come', () => {
    clock.advance(1_000);
    return received.length > 0;
  });
  expect(received).toEqual([
    { path: 'POST /admin/notices', body: { ...notice, key: expect.stringMatching(/^training-crash-2/) } },
  ]);
});

test('nobody there: it ends with a line in the log, and throws nothing', async () => {
  const clock = createManualClock();
  const { log, lines } = createMemoryLogger();
  failures = Infinity;
  createNoticeSender({ url, log, clock })(notice);
  await waitUntil('it is given up', () => {
    clock.advance(60_000);
    return lines.length > 0;
  });
  expect(lines[0]).toMatchObject({ msg: 'nobody could be told of a training', subject: 'it failed' });
});

test('data that looks wrong is told, with every reason; a training that nobody needs to hear of is not', async () => {
  const odd = {
    ...smallData,
    interactions: smallData.interactions.map((row) => ({ ...row, minutes: 60 * row.minutes })),
  };
  const world = await openTrainerWorld(odd);
  const config = { ...world.config, NOTICES_URL: url };
  const trainer = createTrainer({ ...world, registry: createRegistry(), config });
  await trainer.start();
  const training = trainer.train();
  await trainer.cancel();
  await expect(training).rejects.toMatchObject({ code: 'TRAINING_CANCELLED' });
  await expect(trainer.train()).rejects.toMatchObject({ code: 'DATA_SUSPECT' });
  await waitUntil('it has come', () => received.length > 0);
  expect(received.map(({ body }) => body.kind)).toEqual(['data-quality']);
  expect(received[0].body.text).toMatch(/minutes out of range in \d+ of 600 rows/);
  await trainer.stop();
  await world.dispose();
});
