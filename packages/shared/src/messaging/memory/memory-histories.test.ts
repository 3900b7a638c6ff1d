import { historiesContract } from '../../testing/index.ts';
import { MemoryHistories } from './memory-histories.ts';

historiesContract({ name: 'memory', open: async () => new MemoryHistories() });
