import { batchQueueContract } from '../../testing/index.ts';
import { MemoryBatchQueue } from './memory-batch-queue.ts';

batchQueueContract({
  name: 'memory',
  open: async () => new MemoryBatchQueue(),
  features: { survivesProcess: false },
});
