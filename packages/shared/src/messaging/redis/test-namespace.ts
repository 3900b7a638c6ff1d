import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

/** A part of a shared Redis that belongs to one test. */
export const aNamespace = (): string => `test-${randomUUID().slice(0, 8)}`;

/** Removes every key of a namespace, as if the store had been emptied. */
export async function emptyNamespace(url: string, namespace: string): Promise<number> {
  const redis = new Redis(url);
  try {
    const keys: string[] = [];
    for await (const found of redis.scanStream({ match: `${namespace}:*`, count: 1_000 }))
      keys.push(...(found as string[]));
    return keys.length === 0 ? 0 : await redis.del(keys);
  } finally {
    redis.disconnect();
  }
}
