import { describe, expect, test } from 'vitest';
import { createService } from './lifecycle.ts';
import { lifecycleContract } from '../testing/lifecycle-contract.ts';

function openingThing(failing = false) {
  let handles = 0;
  const service = createService('thing', async (own) => {
    handles++;
    own(() => void handles--);
    await Promise.resolve();
    if (failing) throw new Error('half way');
    handles++;
    own(() => void handles--);
  });
  return { service, open: () => handles };
}

lifecycleContract('a service made by createService', {
  make: async () => openingThing(),
  makeFailing: async () => openingThing(true),
});

describe('the suite can fail', () => {
  test('a service that forgets one undo is seen', async () => {
    let handles = 0;
    const leaky = createService('leaky', async () => void handles++);
    await leaky.start();
    await leaky.stop();
    expect(handles).not.toBe(0);
  });
});

test('every undo runs, in reverse, even if another failed', async () => {
  const undone: string[] = [];
  const service = createService('thing', async (own) => {
    own(() => void undone.push('first'));
    own(() => {
      throw new Error('cannot close');
    });
    own(() => void undone.push('last'));
  });
  await service.start();
  await expect(service.stop()).rejects.toThrow('stopped, with failures');
  expect(undone).toEqual(['last', 'first']);
});
