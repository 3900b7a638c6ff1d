import { loadConfig } from '@reelay/shared/runtime';
import { expect, test } from 'vitest';
import { gatewayConfig } from './config.ts';

test('without settings the gateway is the course contract: port 8082, 350 ms, 20 items', () => {
  const config = loadConfig(gatewayConfig, {});
  expect(config).toMatchObject({ PORT: 8082, ADMIN_PORT: 8092, REPLY_TIMEOUT_MS: 350, LIST_LENGTH: 20 });
  expect(config).toMatchObject({ MALFORMED_IDS: 'reject', ADMIN_HOST: '127.0.0.1', QUEUE_URL: 'memory:' });
});

test('all problems are told at once', () => {
  const environment = { PORT: '70000', REPLY_TIMEOUT_MS: 'soon', MALFORMED_IDS: 'maybe' };
  const mentions = expect.stringMatching(/PORT[^]*REPLY_TIMEOUT_MS[^]*MALFORMED_IDS/);
  expect(() => loadConfig(gatewayConfig, environment)).toThrow(expect.objectContaining({ message: mentions }));
});

test('the admin port can be off, for a process that has one already', () => {
  expect(loadConfig(gatewayConfig, { ADMIN_PORT: 'off' }).ADMIN_PORT).toBe('off');
});
