import type { Own } from '@reelay/shared/runtime';
import { handleSlice } from './handle-slice.ts';
import type { SliceDeps } from './slice-deps.ts';

/** Two, so that one is scored while the other is written; more would only keep others from them. */
const inHand = 2;

/** Takes slices until stopped; what is in hand is given back then as it is, within a chunk's time. */
export async function takeSlices(deps: SliceDeps, own: Own): Promise<void> {
  const stopping = new AbortController();
  const taking = await deps.slices.consume({ inHand }, (delivery) => handleSlice(delivery, deps, stopping.signal));
  own(async () => {
    stopping.abort();
    await taking.stop();
  });
}
