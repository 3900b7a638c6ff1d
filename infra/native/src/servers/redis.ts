import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { firstAnswer } from './first-answer.ts';
import { installedProgram } from './installed.ts';
import type { ServerPlace, ServerRecipe } from './server-recipe.ts';

/** Redis with an append-only file, so that histories survive a restart; only keys with a time to live are evicted. */
export const redisRecipe: ServerRecipe = {
  name: 'redis',
  otherPorts: [],
  prepare: async ({ folder }) => void (await mkdir(join(folder, 'data'), { recursive: true })),
  processes: (place) => [{ role: 'redis', program: installedProgram('redis', 'redis-server'), args: redisArgs(place) }],
  isReady: async ({ ports }) => (await firstAnswer(ports.main, 'PING\r\n')).toString().startsWith('+PONG'),
  url: ({ ports }) => `redis://127.0.0.1:${ports.main}`,
};

function redisArgs({ ports }: ServerPlace): string[] {
  const settings: Record<string, string> = {
    port: String(ports.main),
    bind: '127.0.0.1',
    dir: 'data', // relative: the server runs in its folder
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    // Answers make the file grow by 3 kB each, and each rewriting takes a core for most of a second: rarely, then, and without compressing.
    'auto-aof-rewrite-min-size': '256mb',
    rdbcompression: 'no',
    save: '',
    'maxmemory-policy': 'volatile-ttl',
    // A title would be written over the environment, by which a leftover is known as ours.
    'set-proc-title': 'no',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
