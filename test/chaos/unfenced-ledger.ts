import type { Ledger } from '@reelay/shared/storage';
import { changed } from '../plant-fault.ts';

/** A planted fault: the ledger without its compare-and-set. Whoever commits is taken for the owner, at whatever place the partition stands. */
export const withoutFence = (ledger: Ledger): Ledger =>
  changed(ledger, {
    async commitWindow(window, appendCsv) {
      const now = (await ledger.progress()).find(({ streamId }) => streamId === window.streamId);
      if (now === undefined) return ledger.commitWindow(window, appendCsv);
      const { ownerEpoch, incarnation, nextOffset: expectedOffset } = now;
      const isBehind = window.nextOffset <= expectedOffset;
      return ledger.commitWindow(
        {
          ...window,
          ownerEpoch,
          incarnation,
          expectedOffset,
          nextOffset: isBehind ? expectedOffset : window.nextOffset,
          lastLineHash: isBehind ? now.lastLineHash : window.lastLineHash,
        },
        appendCsv,
      );
    },
  });
