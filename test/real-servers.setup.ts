import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingServers, startNativeServers, type NativeServerName } from '@reelay/native';
import { realServerVariables } from '@reelay/shared/testing';

const urlNames = {
  rabbitmq: 'QUEUE_URL',
  redis: 'REDIS_URL',
  kafka: 'EVENT_LOG_URL',
  mariadb: 'LEDGER_URL',
} as const;

/**
 * Starts the real servers once for all test files, unless their URLs are given or `REELAY_TEST_SERVERS=off`. What is not
 * installed is said in one line; with `REQUIRE_REAL=1` that is a failure.
 */
export default async function startRealServers(): Promise<(() => Promise<void>) | void> {
  if (process.env.REELAY_TEST_SERVERS === 'off') return;
  const names = Object.keys(urlNames) as NativeServerName[];
  const wanted = names.filter((name) => !process.env[realServerVariables[name]]);
  const missing = await missingServers(wanted);
  if (missing.length > 0) {
    const sentence = `not run on ${missing.map((server) => server.name).join(', ')}: ${missing[0].cure}`;
    if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
    console.log(sentence);
  }
  const startable = wanted.filter((name) => !missing.some((server) => server.name === name));
  if (startable.length === 0) return;
  const home = await mkdtemp(join(tmpdir(), 'reelay-test-servers-'));
  const running = await startNativeServers(startable, { home });
  for (const name of startable) process.env[realServerVariables[name]] = running.urls[urlNames[name]];
  console.log(`real servers from infra/native: ${startable.join(', ')}`);
  return async () => {
    await running.stop();
    await rm(home, { recursive: true, force: true });
  };
}
