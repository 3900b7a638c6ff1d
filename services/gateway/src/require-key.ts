import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '@reelay/shared/runtime';

/** `Authorization: Bearer <key>` or `X-Api-Key: <key>`. */
const bearer = /^Bearer +(\S+)$/i;
const loopback = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/;

/**
 * Who may ask for what was answered to others: holders of one of `keys`, and where there are no keys, callers on this host. Throws `KEY_REQUIRED`.
 * A proxy on this host makes everybody a caller on this host: set keys behind one.
 */
export function createKeyCheck(keys: string): (request: Request) => void {
  const known = keys
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
    .map(digest);
  return (request) => {
    if (known.length === 0) {
      if (loopback.test(request.socket.remoteAddress ?? '')) return;
      throw new AppError('KEY_REQUIRED', 'no API_KEYS are set, so only callers on this host are served');
    }
    const given = digest(bearer.exec(request.get('authorization') ?? '')?.[1] ?? request.get('x-api-key') ?? '');
    // Of equal length and compared in constant time, all of them.
    const matches = known.filter((key) => timingSafeEqual(key, given)).length;
    if (matches === 0) throw new AppError('KEY_REQUIRED', 'give a key: Authorization: Bearer <key>');
  };
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();
