import { afterAll, describe } from 'vitest';
import { answersContract, realServerUrl } from '../../testing/index.ts';
import { openRedisAnswers } from './redis-answers.ts';
import { aNamespace, emptyNamespace } from './test-namespace.ts';

const url = realServerUrl('redis');

describe.runIf(url)('on a real Redis', () => {
  const namespace = aNamespace();
  let opened = 0;
  afterAll(() => emptyNamespace(url ?? '', namespace));

  answersContract({
    name: 'redis',
    open: () => openRedisAnswers(url ?? '', { namespace: `${namespace}:${opened++}` }),
  });
});
