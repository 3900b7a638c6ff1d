import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import type { Channel } from './channel.ts';
import type { Notice } from './notices.ts';
import { createNotifier, waitingMax } from './notifier.ts';
import { createSlackChannel } from './slack-channel.ts';
import { createSmtpChannel } from './smtp-channel.ts';

const notice = (key: string, change: Partial<Notice> = {}): Notice => ({
  key,
  kind: 'promoted',
  subject: `about ${key}`,
  text: 'RMSE 0.9000',
  ...change,
});

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function notifierOf(channels: Channel[], clock = createManualClock()) {
  const registry = createRegistry();
  const notifier = createNotifier({ channels, clock, registry, ...createMemoryLogger() });
  undo.push(() => notifier.stop());
  const sent = async (outcome: string): Promise<number> => {
    const metric = await registry.getSingleMetric('reelay_release_messages_total')!.get();
    return metric.values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  };
  return { notifier, clock, count: sent };
}

function recorder(failures = 0) {
  const keys: string[] = [];
  let left = failures;
  const channel: Channel = {
    name: 'slack',
    async send({ key }) {
      if (left-- > 0) throw new Error('planted');
      keys.push(key);
    },
    close: () => {},
  };
  return { channel, keys };
}

/** A real SMTP server that keeps what it is sent; the first `refusals` messages it refuses. */
async function startSmtp(refusals = 0) {
  const mails: { to: string[]; text: string }[] = [];
  let left = refusals;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (left-- > 0) return done(new Error('451 try later'));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

async function startWebhook(refusals = 0) {
  const texts: string[] = [];
  let left = refusals;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.statusCode = left-- > 0 ? 500 : 200;
      if (response.statusCode === 200)
        texts.push((JSON.parse(Buffer.concat(chunks).toString()) as { text: string }).text);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { texts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test('a message arrives by mail and webhook, with subject and figures, also when each fails at first', async () => {
  const [smtp, slack] = await Promise.all([startSmtp(1), startWebhook(1)]);
  const to = ['ada@example.org', 'alan@example.org'];
  const { notifier } = notifierOf(
    [
      createSmtpChannel({ url: smtp.url, from: 'Reelay <reelay@example.org>', to, timeoutMs: 5_000 }),
      createSlackChannel({ url: slack.url, timeoutMs: 5_000 }),
    ],
    systemClock as ReturnType<typeof createManualClock>,
  );
  await notifier.start();
  notifier.tell(notice('plan-7'));
  await waitUntil('both have it', () => smtp.mails.length === 1 && slack.texts.length === 1, 10_000);
  expect(smtp.mails[0].to).toEqual(to);
  expect(smtp.mails[0].text).toContain('Subject: [Reelay] about plan-7');
  expect(smtp.mails[0].text).toContain('Message-ID: <plan-7@example.org>');
  expect(smtp.mails[0].text).toContain('RMSE 0.9000');
  expect(slack.texts).toEqual(['*about plan-7*\nRMSE 0.9000']);
});

test('the same key is told once', async () => {
  const { channel, keys } = recorder();
  const { notifier } = notifierOf([channel]);
  await notifier.start();
  for (const key of ['a', 'b', 'a', 'a']) notifier.tell(notice(key));
  await waitUntil('both are sent', () => keys.length >= 2);
  expect(keys).toEqual(['a', 'b']);
});

test('a failed message is tried again with pauses, in order, and given up in the end', async () => {
  const { channel, keys } = recorder(17);
  const { notifier, clock, count } = notifierOf([channel]);
  await notifier.start();
  notifier.tell(notice('first'));
  notifier.tell(notice('second'));
  await waitUntil('the second arrives', () => {
    clock.advance(300_000);
    return keys.length === 1;
  });
  expect(keys).toEqual(['second']);
  expect([await count('retried'), await count('dropped'), await count('sent')]).toEqual([16, 1, 1]);
});

test('the end of a problem is told, once, and only of one that was told', async () => {
  const { channel, keys } = recorder();
  const { notifier } = notifierOf([channel]);
  await notifier.start();
  notifier.tell(notice('fine', { resolves: ['gate'] }));
  notifier.tell(notice('bad', { problem: 'gate' }));
  notifier.tell(notice('fine again', { resolves: ['gate'] }));
  notifier.tell(notice('still fine', { resolves: ['gate'] }));
  await waitUntil('all are sent', () => keys.length >= 5);
  expect(keys).toEqual(['fine', 'bad', 'fine again', 'resolved-gate-fine again', 'still fine']);
});

test('a channel that hangs holds up neither the caller nor the other channel, and its messages are bounded', async () => {
  const { channel, keys } = recorder();
  const hanging: Channel = { name: 'smtp', send: () => new Promise(() => {}), close: () => {} };
  const registry = createRegistry();
  const notifier = createNotifier({
    channels: [hanging, channel],
    clock: createManualClock(),
    registry,
    ...createMemoryLogger(),
  });
  await notifier.start();
  for (let at = 0; at < waitingMax + 50; at++) {
    notifier.tell(notice(`n${at}`));
    if (at % 20 === 0) await waitUntil('the other goes on', () => keys.length === at + 1);
  }
  await waitUntil('the other has all', () => keys.length === waitingMax + 50);
  const metric = await registry.getSingleMetric('reelay_release_messages_total')!.get();
  expect(metric.values.find(({ labels }) => labels.channel === 'smtp' && labels.outcome === 'dropped')?.value).toBe(50);
});

test('what was said before the start, and between stop and start, is told after it', async () => {
  const { channel, keys } = recorder();
  const { notifier } = notifierOf([channel]);
  notifier.tell(notice('early'));
  await notifier.start();
  await waitUntil('it is sent', () => keys.length === 1);
  await notifier.stop();
  notifier.tell(notice('meanwhile'));
  await notifier.start();
  await waitUntil('so is the other', () => keys.length === 2);
  expect(keys).toEqual(['early', 'meanwhile']);
});
