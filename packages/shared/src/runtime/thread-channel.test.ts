import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { openThreadChannel, type ThreadChannel } from './thread-channel.ts';

interface Counter {
  readonly features: { kind: string };
  isUp(): boolean;
  add(numbers: number[]): Promise<number>;
  bytes(of: Uint8Array): Promise<Uint8Array>;
  fail(): Promise<void>;
  watch(
    onValue: (value: number) => Promise<string> | string,
    options: { times: number },
  ): Promise<{ stop(): Promise<string> }>;
  never(): Promise<void>;
}

const counter = {
  add: async (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0),
  bytes: async (of: Uint8Array) => of.map((byte) => byte + 1),
  fail: async () => {
    throw new AppError('QUEUE_DOWN', 'no broker');
  },
  watch: async (onValue: (value: number) => Promise<string>, { times }: { times: number }) => {
    const said: string[] = [];
    for (let value = 0; value < times; value++) said.push(await onValue(value));
    return { stop: async () => said.join() };
  },
  never: () => new Promise<void>(() => {}),
};

let open: ThreadChannel[] = [];
afterEach(() => {
  for (const channel of open) channel.close();
  open = [];
});

function connect(): { remote: Counter; here: ThreadChannel; there: ThreadChannel } {
  const { port1, port2 } = new MessageChannel();
  const there = openThreadChannel(port1, { counter });
  const here = openThreadChannel(port2);
  open.push(here, there);
  return { remote: here.remote<Counter>('counter', { features: { kind: 'here' }, isUp: () => true }), here, there };
}

test('a method of the other thread answers as if it were here', async () => {
  const { remote } = connect();
  expect(await remote.add([1, 2, 3])).toBe(6);
  expect(await remote.bytes(new Uint8Array([1, 2]))).toEqual(new Uint8Array([2, 3]));
  expect(remote.features).toEqual({ kind: 'here' });
  expect(remote.isUp()).toBe(true);
});

test('functions in arguments and in results are called across', async () => {
  const { remote } = connect();
  const seen: number[] = [];
  const subscription = await remote.watch((value) => `${seen.push(value)}`, { times: 3 });
  expect(seen).toEqual([0, 1, 2]);
  expect(await subscription.stop()).toBe('1,2,3');
});

test('an error keeps its code; an unknown member is one', async () => {
  const { remote, here } = connect();
  await expect(remote.fail()).rejects.toMatchObject({ code: 'QUEUE_DOWN', message: 'no broker' });
  await expect(here.remote<Counter>('nothing').never()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});

test('calls in flight end when the channel closes, and later ones do, too', async () => {
  const { remote, there } = connect();
  const hanging = remote.never();
  there.close();
  await expect(hanging).rejects.toMatchObject({ code: 'PORT_CLOSED' });
  await expect(remote.add([1])).rejects.toMatchObject({ code: 'PORT_CLOSED' });
});

test('a stand-in is not taken for a promise', async () => {
  const { remote } = connect();
  expect(await Promise.resolve(remote)).toBe(remote);
});
