import { afterAll, describe } from 'vitest';
import { plansContract, realServerUrl } from '../../testing/index.ts';
import { openRedisPlans } from './redis-plans.ts';
import { aNamespace, emptyNamespace } from './test-namespace.ts';

const url = realServerUrl('redis');

describe.runIf(url)('on a real Redis', () => {
  const namespace = aNamespace();
  let opened = 0;
  afterAll(() => emptyNamespace(url ?? '', namespace));

  plansContract({ name: 'redis', open: () => openRedisPlans(url ?? '', { namespace: `${namespace}:${opened++}` }) });
});
