import { randomFillSync } from 'node:crypto';

const poolBytes = 4_096;
const randomBytes = 10;
const pool = Buffer.allocUnsafe(poolBytes);
let used = poolBytes;

/**
 * A UUIDv7 (RFC 9562): 48 bits of milliseconds since 1970, then 74 random ones. Ids of different milliseconds are in the order of their time.
 * Random bytes are fetched for four hundred ids at once: a call to the generator for each costs more than all the rest of the id.
 */
export function newRequestId(nowMs: number): string {
  if (used + randomBytes > poolBytes) {
    randomFillSync(pool);
    used = 0;
  }
  pool[used + 2] = 0x80 | (pool[used + 2] & 0x3f);
  const time = nowMs.toString(16).padStart(12, '0');
  const drawn = pool.toString('hex', used, used + randomBytes);
  used += randomBytes;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${drawn.slice(1, 4)}-${drawn.slice(4, 8)}-${drawn.slice(8)}`;
}
