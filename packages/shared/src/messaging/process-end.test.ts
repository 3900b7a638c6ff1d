import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openFaultProxy, realServerUrl, waitUntil } from '../testing/index.ts';
import { deleteQueues } from './rabbitmq/test-queue.ts';
import { emptyNamespace } from './redis/test-namespace.ts';

const fixture = fileURLToPath(new URL('process-end.fixture.ts', import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, [fixture, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const seen = { output: '', errors: '', code: undefined as number | null | undefined };
  child.stdout.on('data', (bytes) => (seen.output += String(bytes)));
  child.stderr.on('data', (bytes) => (seen.errors += String(bytes)));
  child.on('exit', (code) => (seen.code = code));
  return { child, seen };
}

async function endsByItself(args: string[], before: () => void = () => {}): Promise<void> {
  const { child, seen } = start(...args);
  try {
    await waitUntil('open', () => seen.output.includes('open') || seen.code !== undefined);
    before();
    child.stdin.end();
    await waitUntil('the end of the process', () => seen.code !== undefined, 5_000);
    expect(seen).toEqual({ output: 'open\nclosed\n', errors: '', code: 0 });
  } finally {
    child.kill('SIGKILL');
  }
}

test('a process ends by itself when its ports are closed: memory', () => endsByItself(['memory:', 'memory:']));

const queueUrl = realServerUrl('rabbitmq') ?? '';
const storeUrl = realServerUrl('redis') ?? '';

const inNamespace = async (check: (namespace: string) => Promise<void>): Promise<void> => {
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  await check(namespace);
  await deleteQueues(queueUrl, [namespace]);
  await emptyNamespace(storeUrl, namespace);
};

describe.runIf(queueUrl && storeUrl)('on real servers', () => {
  test('a process ends by itself when its ports are closed', () =>
    inNamespace((namespace) => endsByItself([queueUrl, storeUrl, namespace])));

  test('also when the servers do not answer any more', () =>
    inNamespace(async (namespace) => {
      const queue = await openFaultProxy(queueUrl);
      const store = await openFaultProxy(storeUrl);
      await endsByItself([queue.url, store.url, namespace], () => {
        queue.set('blackhole');
        store.set('blackhole');
      });
      await Promise.all([queue.close(), store.close()]);
    }));

  test('also when the servers are gone', () =>
    inNamespace(async (namespace) => {
      const queue = await openFaultProxy(queueUrl);
      const store = await openFaultProxy(storeUrl);
      await endsByItself([queue.url, store.url, namespace], () => {
        queue.set('down');
        store.set('down');
      });
      await Promise.all([queue.close(), store.close()]);
    }));
});
