import { sliceQueueContract } from '../../testing/index.ts';
import { MemorySliceQueue } from './memory-slice-queue.ts';

sliceQueueContract({
  name: 'memory',
  open: async () => new MemorySliceQueue(),
  features: { survivesProcess: false },
});
