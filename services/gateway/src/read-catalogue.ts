import { AppError } from '@reelay/shared/runtime';
import { Worker } from 'node:worker_threads';

/**
 * Ids of `catalogue.json` in its order. In a thread of its own, since parsing some megabytes would hold up answers on this one. `DATA_INVALID`
 * for bytes that are no catalogue.
 */
export function readCatalogueIds(bytes: Uint8Array): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  const thread = new Worker(new URL('./catalogue-thread.ts', import.meta.url), { workerData: bytes });
  thread.once('message', (ids: string) => resolve(ids === '' ? [] : ids.split('\n')));
  thread.once('error', (cause) => reject(new AppError('DATA_INVALID', 'the catalogue cannot be read', { cause })));
  thread.once('exit', () => reject(new AppError('DATA_INVALID', 'the catalogue was not read to its end')));
  return promise;
}
