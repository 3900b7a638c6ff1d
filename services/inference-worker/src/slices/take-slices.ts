import type { SliceDelivery, SliceQueue, SliceVerdict } from '@reelay/shared/messaging';
import type { Own } from '@reelay/shared/runtime';

/** Works off a slice; `stopping` wants it back as it is. */
export type HandleSlice = (delivery: SliceDelivery, stopping: AbortSignal) => Promise<SliceVerdict>;

/** Two, so that one is scored while the other is written; more would only keep others from them. */
const inHand = 2;

/** Takes slices until stopped; what is in hand is given back then as it is, within a chunk's time. */
export async function takeSlices(slices: Pick<SliceQueue, 'consume'>, handle: HandleSlice, own: Own): Promise<void> {
  const stopping = new AbortController();
  const taking = await slices.consume({ inHand }, (delivery) => handle(delivery, stopping.signal));
  own(async () => {
    stopping.abort();
    await taking.stop();
  });
}
