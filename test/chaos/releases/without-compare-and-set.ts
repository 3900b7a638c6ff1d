import type { Ledger } from '@reelay/shared/storage';
import { changed } from '../../plant-fault.ts';

/** A planted fault: a plan takes the place of whatever plan is there by now. */
export const withoutCompareAndSet = (ledger: Ledger): Ledger =>
  changed(ledger, {
    async changePlan(_expected, next) {
      for (;;) {
        const { epoch } = await ledger.plan();
        if (await ledger.changePlan(epoch, { ...next, epoch: epoch + 1 })) return true;
      }
    },
  });
