import { join } from 'node:path';
import { missingServers, NativeError, startNativeServers, type NativeServerName } from '@reelay/native';
import { AppError, messageOf, type Own } from '@reelay/shared/runtime';
import type { Addresses, Settings } from '../settings.ts';
import type { Voice } from '../terminal/voice.ts';

const serverOf = { QUEUE_URL: 'rabbitmq', REDIS_URL: 'redis', EVENT_LOG_URL: 'kafka', LEDGER_URL: 'mariadb' } as const;
type ServerUrls = Pick<Addresses, keyof typeof serverOf>;

/** The given URLs, and for those that are not given private servers of `infra/native`, stopped with the platform. */
export async function openServers(settings: Settings, own: Own, voice: Voice): Promise<ServerUrls> {
  const names = Object.keys(serverOf) as (keyof typeof serverOf)[];
  const given = Object.fromEntries(names.flatMap((name) => (settings[name] ? [[name, settings[name]]] : [])));
  const wanted = names.filter((name) => !settings[name]).map((name) => serverOf[name]);
  if (wanted.length === 0) return given as ServerUrls;
  await refuseMissing(wanted);
  voice.say('servers', `Starting ${wanted.join(', ')} …`, { servers: wanted });
  const running = await startNativeServers(wanted, { home: join(settings.REELAY_HOME, 'servers') }).catch(
    (error: unknown) => {
      const cure = error instanceof NativeError ? ` ${error.cure}` : '';
      throw new AppError('START_FAILED', `${messageOf(error)}${cure}`, { cause: error });
    },
  );
  own(() => running.stop());
  return { ...running.urls, ...given } as ServerUrls;
}

async function refuseMissing(wanted: NativeServerName[]): Promise<void> {
  const missing = await missingServers(wanted);
  if (missing.length === 0) return;
  const settings = (Object.keys(serverOf) as (keyof typeof serverOf)[]).filter((name) =>
    missing.some((server) => server.name === serverOf[name]),
  );
  throw new AppError(
    'START_FAILED',
    `not installed: ${missing.map((server) => server.name).join(', ')}. Run "npm run setup:native", or give ${settings.join(', ')}.`,
  );
}
