import { chmod, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { cureFor, missingServers } from './missing-servers.ts';
import { NativeError } from './native-error.ts';
import { TrackedServer } from './native-server.ts';
import type { NativeServer } from './native-server.ts';
import { keptPorts } from './process/kept-ports.ts';
import { clearFolder } from './process/leftovers.ts';
import type { NativeServerName } from './server-name.ts';
import { kafkaRecipe } from './servers/kafka.ts';
import { mariadbRecipe } from './servers/mariadb.ts';
import { rabbitmqRecipe } from './servers/rabbitmq.ts';
import { redisRecipe } from './servers/redis.ts';
import type { ServerRecipe } from './servers/server-recipe.ts';

const recipes: Record<NativeServerName, ServerRecipe> = {
  rabbitmq: rabbitmqRecipe,
  redis: redisRecipe,
  kafka: kafkaRecipe,
  mariadb: mariadbRecipe,
};

/** The setting through which the services learn the address of each server. */
const urlSetting = {
  rabbitmq: 'QUEUE_URL',
  redis: 'REDIS_URL',
  kafka: 'EVENT_LOG_URL',
  mariadb: 'LEDGER_URL',
} as const satisfies Record<NativeServerName, string>;

export type NativeUrls = { [Name in NativeServerName as (typeof urlSetting)[Name]]?: string };

/** `home` is the folder for data, logs and process records; it is made when it is not there. */
export interface NativeHome {
  readonly home: string;
}

/**
 * Starts a server on 127.0.0.1 with its data in `<home>/<name>` and waits until it answers. What a crashed run left
 * there is ended first. Without `port` it has the ports of its last start, as far as they are free.
 * Throws NativeError: SERVER_MISSING, HOME_IN_USE, PORT_TAKEN, SERVER_NOT_STARTED.
 */
export async function startNativeServer(
  name: NativeServerName,
  options: NativeHome & { readonly port?: number },
): Promise<NativeServer> {
  await requireInstalled([name]);
  const folder = await openFolder(options.home, name);
  await clearFolder(folder);
  const recipe = recipes[name];
  const place = { folder, ports: await keptPorts(folder, recipe.otherPorts, options.port) };
  await recipe.prepare(place);
  const server = new TrackedServer(recipe, place);
  await server.start();
  return server;
}

export interface NativeServers {
  readonly urls: NativeUrls;
  readonly servers: Map<NativeServerName, NativeServer>;
  /** Stops all of them. */
  stop(): Promise<void>;
}

/** Starts the servers side by side; when one fails, the others are stopped and its error is thrown. */
export async function startNativeServers(
  names: readonly NativeServerName[],
  { home }: NativeHome,
): Promise<NativeServers> {
  await requireInstalled(names);
  const starts = await Promise.allSettled([...new Set(names)].map((name) => startNativeServer(name, { home })));
  const servers = new Map(
    starts.flatMap((start) => (start.status === 'fulfilled' ? [[start.value.name, start.value]] : [])),
  );
  const stop = () => stopAll(servers.values());
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) {
    await stop().catch(() => undefined); // the start's own failure says more
    throw failed.reason;
  }
  return { urls: urlsOf(servers.values()), servers, stop };
}

async function stopAll(servers: Iterable<NativeServer>): Promise<void> {
  const stops = await Promise.allSettled([...servers].map((server) => server.stop()));
  const failures = stops.flatMap((stop) => (stop.status === 'rejected' ? [stop.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, 'stopped, with failures');
}

function urlsOf(servers: Iterable<NativeServer>): NativeUrls {
  return Object.fromEntries([...servers].map(({ name, url }) => [urlSetting[name], url]));
}

async function requireInstalled(names: readonly NativeServerName[]): Promise<void> {
  const missing = (await missingServers(names)).map(({ name }) => name);
  if (missing.length === 0) return;
  const what = `Not installed here: ${missing.join(', ')}.`;
  throw new NativeError('SERVER_MISSING', what, cureFor(missing));
}

/** Only the user looks into it: it holds a password and a cookie. Without links, since the path marks our processes. */
async function openFolder(home: string, name: NativeServerName): Promise<string> {
  const folder = join(home, name);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  return realpath(folder);
}
