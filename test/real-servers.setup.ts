import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingServers, startNativeServers, type NativeServerName } from '@reelay/native';
import { realServerVariables } from '@reelay/shared/testing/real-servers';
import { startInContainer } from './container-servers.ts';

const urlNames = {
  rabbitmq: 'QUEUE_URL',
  redis: 'REDIS_URL',
  kafka: 'EVENT_LOG_URL',
  mariadb: 'LEDGER_URL',
} as const;

type Stop = () => Promise<unknown>;

/**
 * Real servers for all test files, once: those of given URLs, else containers where a Docker engine has the images, else private ones of
 * `infra/native`; says which. What cannot be had is said in one line; with `REQUIRE_REAL=1` that is a failure.
 * `REELAY_TEST_SERVERS=off` leaves all of it out.
 */
export default async function startRealServers(): Promise<(() => Promise<void>) | void> {
  if (process.env.REELAY_TEST_SERVERS === 'off') return;
  const names = Object.keys(urlNames) as NativeServerName[];
  const given = names.filter((name) => process.env[realServerVariables[name]]);
  say('by URL', given);
  const stops: Stop[] = [];
  const contained: NativeServerName[] = [];
  for (const name of without(names, given)) {
    const server = await startInContainer(name);
    if (!server) continue;
    stops.push(server.stop);
    contained.push(name);
    process.env[realServerVariables[name]] = server.url;
  }
  say('in containers', contained);
  stops.push(await startNative(without(names, [...given, ...contained])));
  return async () => {
    for (const stop of stops) await stop();
  };
}

async function startNative(wanted: NativeServerName[]): Promise<Stop> {
  const missing = await missingServers(wanted);
  if (missing.length > 0) {
    const sentence = `not run on ${missing.map((server) => server.name).join(', ')}: ${missing[0].cure}`;
    if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
    console.log(sentence);
  }
  const startable = without(
    wanted,
    missing.map((server) => server.name),
  );
  if (startable.length === 0) return async () => {};
  const home = await mkdtemp(join(tmpdir(), 'reelay-test-servers-'));
  const running = await startNativeServers(startable, { home });
  for (const name of startable) process.env[realServerVariables[name]] = running.urls[urlNames[name]];
  say('from infra/native', startable);
  return async () => {
    await running.stop();
    await rm(home, { recursive: true, force: true });
  };
}

const without = (names: NativeServerName[], others: NativeServerName[]): NativeServerName[] =>
  names.filter((name) => !others.includes(name));

function say(how: string, names: NativeServerName[]): void {
  if (names.length > 0) console.log(`real servers ${how}: ${names.join(', ')}`);
}
