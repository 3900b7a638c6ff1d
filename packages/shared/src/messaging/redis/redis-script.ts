import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

export interface RedisScript {
  lua: string;
  sha1: string;
}

export const redisScript = (lua: string): RedisScript => ({ lua, sha1: createHash('sha1').update(lua).digest('hex') });

/**
 * Runs a script on one key, by its hash; a server that does not know it (restarted, say) gets its text. `defineCommand` would ask
 * the server for its scripts first, one more trip for each new connection.
 */
export async function runScript(redis: Redis, script: RedisScript, key: string, args: string[]): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha1, 1, key, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(script.lua, 1, key, ...args);
  }
}
