import { createServer, type Socket } from 'node:net';
import { connect } from 'amqplib';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JobRecorder, onceEach, openFaultProxy, openGate, realServerUrl, waitUntil } from '../../testing/index.ts';
import type { FaultProxy, TestJob } from '../../testing/index.ts';
import { attemptsMax, type WorkQueue } from '../work-queue.ts';
import { queueName } from './rabbit-messages.ts';
import { openRabbitWorkQueue } from './rabbit-work-queue.ts';
import { aNamespace, deleteQueues } from './test-queue.ts';

const url = realServerUrl('rabbitmq') ?? '';
const budgetMs = 30_000;

/** A frame of AMQP's connection class on channel 0: 60 blocked (with a reason), 61 unblocked. A real alarm would hit every test. */
function connectionMethod(method: number, reason?: string): Uint8Array {
  const text = reason === undefined ? [] : [reason.length, ...Buffer.from(reason)];
  const payload = [0, 10, 0, method, ...text];
  return Uint8Array.from([1, 0, 0, 0, 0, 0, payload.length, ...payload, 0xce]);
}

describe.runIf(url)('a RabbitMQ that fails', () => {
  const namespaces: string[] = [];
  let namespace: string;
  let proxy: FaultProxy;
  let queue: WorkQueue<TestJob>;
  /** Past the proxy, so that the broker can be used while the way to it is broken. */
  let direct: WorkQueue<TestJob>;
  let recorder: JobRecorder;

  beforeEach(async () => {
    namespace = aNamespace();
    namespaces.push(namespace);
    proxy = await openFaultProxy(url);
    queue = await openRabbitWorkQueue(proxy.url, { namespace });
    direct = await openRabbitWorkQueue(url, { namespace });
    recorder = new JobRecorder();
  });
  afterEach(async () => {
    await Promise.all([queue.close(), direct.close()]);
    await proxy.close();
  });
  afterAll(() => deleteQueues(url, namespaces));

  const consume = (concurrency = 50) => queue.consume('stable', { concurrency }, recorder.handler);

  test('while the broker is away publish throws QUEUE_DOWN at once, and it comes back with its consumers', async () => {
    await consume();
    proxy.set('down');
    await waitUntil('down', () => !queue.isUp());
    const start = performance.now();
    await expect(queue.publish('stable', { id: 1 }, { budgetMs })).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    await expect(queue.depth('stable')).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    await expect(queue.deadLetters(1)).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    expect(performance.now() - start).toBeLessThan(50);
    proxy.heal();
    await waitUntil('up again', () => queue.isUp(), 3_000);
    await queue.publish('stable', { id: 2 }, { budgetMs });
    await waitUntil('the consumer is back', () => recorder.ids.includes(2), 3_000);
    expect(recorder.ids).toEqual([2]);
  });

  test('a cut connection loses no job: what was in hand comes again, marked, and what was done does not', async () => {
    const { gate, open } = openGate();
    for (let id = 0; id < 100; id++) await queue.publish('stable', { id }, { budgetMs });
    await consume(100);
    await waitUntil('done', () => recorder.ids.length === 100);
    await waitUntil('acked', async () => (await direct.depth('stable')).ready === 0);
    recorder.gate = gate;
    for (let id = 100; id < 120; id++) await queue.publish('stable', { id }, { budgetMs });
    await waitUntil('in hand', () => recorder.inHand === 20);
    proxy.cut();
    await waitUntil('gone', () => !queue.isUp());
    await waitUntil('they come again', () => recorder.ids.length >= 140, 5_000);
    open();
    const again = recorder.deliveries.filter(({ attempt }) => attempt === 2).map(({ job }) => job.id);
    expect(again.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 100 + i));
    expect(onceEach(recorder.ids, 120).missing).toEqual([]);
    await waitUntil('nothing is left', async () => (await direct.depth('stable')).ready === 0);
    expect(await direct.deadLetters(10)).toEqual([]);
  });

  test('jobs that came in one message and were in hand at a cut come again, each marked by itself; done ones may', async () => {
    const { gate, open } = openGate();
    const ids = Array.from({ length: 40 }, (_, id) => id);
    recorder.gate = gate;
    await consume(20);
    await Promise.all(ids.map((id) => queue.publish('stable', { id }, { budgetMs })));
    await waitUntil('in hand', () => recorder.inHand === 20);
    proxy.cut();
    await waitUntil('gone', () => !queue.isUp());
    open();
    await waitUntil('all come', () => new Set(recorder.ids).size === 40 && recorder.inHand === 0, 5_000);
    await waitUntil('nothing is left', async () => (await direct.depth('stable')).ready === 0);
    const second = recorder.deliveries.filter(({ attempt }) => attempt === 2);
    expect(new Set(second.map(({ job }) => job.id))).toEqual(new Set(ids));
    const alone = recorder.batches.filter((batch) => batch.some(({ attempt }) => attempt > 1));
    expect(alone.every((batch) => batch.length === 1)).toBe(true);
    expect(await direct.deadLetters(10)).toEqual([]);
  });

  test('cut ten times in the middle of the work, every job is answered or, lost three times, a dead letter', async () => {
    await consume(20);
    const jobs = 1_000;
    for (let id = 0; id < jobs; id++) {
      await direct.publish('stable', { id }, { budgetMs });
      if (id % 100 !== 50) continue;
      const before = recorder.ids.length;
      await waitUntil('it works', () => recorder.ids.length > before && queue.isUp());
      proxy.cut();
      await waitUntil('gone', () => !queue.isUp());
    }
    const settled = async () => [
      ...recorder.ids,
      ...(await direct.deadLetters(jobs)).flatMap(({ job, attempts }) =>
        job && attempts === attemptsMax ? [job.id] : [],
      ),
    ];
    await waitUntil('all settled', async () => new Set(await settled()).size === jobs);
    expect(onceEach(await settled(), jobs).missing).toEqual([]);
  });

  test('a connection lost while it is set up neither crashes nor stops the recovery', async () => {
    proxy.set('down');
    await waitUntil('down', () => !queue.isUp());
    for (const latencyMs of [5, 10, 20, 40]) {
      proxy.set({ latencyMs });
      await waitUntil('it tries', () => proxy.connections > 0, 5_000);
      proxy.set('down');
    }
    proxy.heal();
    await waitUntil('up again', () => queue.isUp(), 5_000);
    await queue.publish('stable', { id: 1 }, { budgetMs });
    await consume();
    await waitUntil('the job', () => recorder.ids.includes(1), 3_000);
  });

  test('a broker that stops answering in the middle of the set-up is given up and tried again', async () => {
    proxy.set('down');
    await waitUntil('down', () => !queue.isUp());
    const sent = proxy.piecesToServer;
    proxy.set({ latencyMs: 20 });
    await waitUntil('some frames passed', () => proxy.piecesToServer >= sent + 4, 5_000);
    proxy.set('blackhole');
    const swallowed = proxy.piecesSwallowed;
    await waitUntil('a frame is lost', () => proxy.piecesSwallowed > swallowed);
    expect(queue.isUp()).toBe(false);
    proxy.set('pass');
    await waitUntil('up again', () => queue.isUp(), 8_000);
  });

  test('a broker that is away at the start is waited for, and then all works', async () => {
    proxy.set('down');
    const late = await openRabbitWorkQueue<TestJob>(proxy.url, { namespace });
    expect(late.isUp()).toBe(false);
    await late.consume('stable', { concurrency: 5 }, recorder.handler);
    await expect(late.publish('stable', { id: 1 }, { budgetMs })).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    proxy.heal();
    await waitUntil('up', () => late.isUp(), 3_000);
    await late.publish('stable', { id: 2 }, { budgetMs });
    await waitUntil('the job', () => recorder.ids.includes(2), 3_000);
    await late.close();
  });

  test('close ends in time when the broker is silent', async () => {
    await consume();
    await queue.publish('stable', { id: 1 }, { budgetMs });
    await waitUntil('the job', () => recorder.ids.includes(1));
    proxy.set('blackhole');
    const start = performance.now();
    await queue.close();
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  test('a broker that stopped counts as down within seconds, long before its heartbeat ends, and comes back', async () => {
    await consume();
    await waitUntil('up', () => queue.isUp());
    proxy.set('blackhole');
    await waitUntil('down', () => !queue.isUp(), 4_000);
    await expect(queue.publish('stable', { id: 1 }, { budgetMs })).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    proxy.heal();
    await waitUntil('up', () => queue.isUp(), 4_000);
    await queue.publish('stable', { id: 2 }, { budgetMs });
    await waitUntil('the job', () => recorder.ids.includes(2), 3_000);
  });

  test('a broker that answers rubbish is away, harms nobody, and comes back', async () => {
    await consume();
    await waitUntil('up', () => queue.isUp());
    proxy.set('rubbish');
    await waitUntil('down', () => !queue.isUp(), 4_000);
    expect(proxy.piecesSpoilt).toBeGreaterThan(0);
    await expect(queue.publish('stable', { id: 1 }, { budgetMs })).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    // Connections that begin with rubbish, too.
    const spoilt = proxy.piecesSpoilt;
    await waitUntil('further attempts', () => proxy.piecesSpoilt > spoilt + 1, 8_000);
    expect(queue.isUp()).toBe(false);
    proxy.heal();
    await waitUntil('up', () => queue.isUp(), 8_000);
    await queue.publish('stable', { id: 2 }, { budgetMs });
    await waitUntil('the job', () => recorder.ids.includes(2), 3_000);
  });

  test('a blocked broker is down at once, until it is unblocked', async () => {
    await waitUntil('up', () => queue.isUp());
    proxy.sayToClients(connectionMethod(60, 'low on memory'));
    await waitUntil('blocked', () => !queue.isUp(), 1_000);
    await expect(queue.publish('stable', { id: 1 }, { budgetMs })).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
    proxy.sayToClients(connectionMethod(61));
    await waitUntil('unblocked', () => queue.isUp(), 1_000);
    await queue.publish('stable', { id: 2 }, { budgetMs });
    await waitUntil('the job', async () => (await direct.depth('stable')).ready === 1);
  });

  test('a deleted queue is made again with its consumer', async () => {
    await consume();
    const other = await connect(url);
    const channel = await other.createChannel();
    await channel.deleteQueue(queueName(namespace, 'stable'));
    await other.close();
    await waitUntil('the consumer is back', async () => {
      await queue.publish('stable', { id: 3 }, { budgetMs }).catch(() => {});
      return recorder.ids.includes(3);
    });
    expect(queue.isUp()).toBe(true);
  });

  test('a message that is no job becomes a dead letter with the reason', async () => {
    const other = await connect(url);
    const channel = await other.createChannel();
    channel.sendToQueue(queueName(namespace, 'stable'), Buffer.from('{"id":'), {
      headers: { 'x-attempt': 'many' },
    });
    await consume();
    await direct.publish('stable', { id: 1 }, { budgetMs });
    await waitUntil('dead letter', async () => (await direct.deadLetters(10)).length === 1);
    await waitUntil('the good job', () => recorder.ids.includes(1));
    expect(await direct.deadLetters(10)).toMatchObject([
      { job: null, reason: expect.stringContaining('not JSON'), attempts: 1 },
    ]);
    await other.close();
  });
});

test('a server that takes connections and says nothing does not keep the process', async () => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as { port: number };
  const queue = await openRabbitWorkQueue<TestJob>(`amqp://127.0.0.1:${port}`);
  expect(queue.isUp()).toBe(false);
  expect(sockets.length).toBeGreaterThan(0);
  await expect(queue.publish('stable', { id: 1 }, { budgetMs })).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
  await queue.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => mute.close(resolve));
});
