import { createHash } from 'node:crypto';
import { messageOf } from '../../runtime/index.ts';
import type { CommandPipe } from './command-pipe.ts';
import type { ReplyReader } from './reply-reader.ts';

/** A script that returns a whole number. */
export interface RedisScript {
  lua: string;
  sha1: string;
}

export const redisScript = (lua: string): RedisScript => ({ lua, sha1: createHash('sha1').update(lua).digest('hex') });

const integer = (reply: ReplyReader): number => reply.integer();

/** Runs a script on one key, by its hash; a server that does not know it (restarted, say) gets its text. */
export async function runScript(pipe: CommandPipe, script: RedisScript, key: string, args: string[]): Promise<number> {
  try {
    return await pipe.send(integer, 'EVALSHA', script.sha1, '1', key, ...args);
  } catch (error) {
    if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
    return pipe.send(integer, 'EVAL', script.lua, '1', key, ...args);
  }
}
