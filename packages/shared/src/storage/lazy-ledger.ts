import { AppError } from '../runtime/index.ts';
import type { Ledger } from './ledger.ts';
import { openLedger } from './open.ts';

export interface LazyLedger {
  /** Opened by the first who asks; an opening that failed is tried again by the next. `UNSUPPORTED` without a URL. */
  get(): Promise<Ledger>;
  /** Harmless when nobody asked. */
  close(): Promise<void>;
}

/** For a service whose first duty needs no ledger and must not wait for one. */
export function createLazyLedger(url: string | undefined): LazyLedger {
  let opening: Promise<Ledger> | undefined;
  return {
    async get() {
      if (url === undefined) throw new AppError('UNSUPPORTED', 'this service knows no ledger (LEDGER_URL)');
      opening ??= openLedger(url).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close() {
      const opened = await opening?.catch(() => undefined);
      opening = undefined;
      await opened?.close();
    },
  };
}
