import { plansContract } from '../../testing/index.ts';
import { MemoryPlans } from './memory-plans.ts';

plansContract({ name: 'memory', open: async () => new MemoryPlans() });
