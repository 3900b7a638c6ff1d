import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyPlan, type Plan } from '../contracts/index.ts';
import type { Plans } from '../messaging/index.ts';
import { waitUntil } from './wait-until.ts';

export interface PlansSubject {
  name: string;
  /** Plans over an empty store. */
  open(): Promise<Plans>;
}

export const aPlan = (epoch: number, change: Partial<Plan> = {}): Plan => ({
  ...emptyPlan,
  epoch,
  stable: `${epoch}-abcdef`,
  withdrawn: ['1-bad000'],
  ...change,
});

/** The definition of `Plans`, for every adapter. */
export function plansContract({ name, open }: PlansSubject): void {
  describe(`plans: ${name}`, () => {
    let plans: Plans;
    beforeEach(async () => {
      plans = await open();
    });
    afterEach(() => plans.close());

    const watch = async () => {
      const seen: Plan[] = [];
      const subscription = await plans.watch((plan) => void seen.push(plan));
      return { seen, epochs: () => seen.map(({ epoch }) => epoch), subscription };
    };

    test('there is no plan before the first', async () => {
      const { seen } = await watch();
      expect(await plans.current()).toBeNull();
      expect(seen).toEqual([]);
    });

    test('an announced plan is current, and every watcher hears it within two seconds', async () => {
      const watchers = [await watch(), await watch()];
      await plans.announce(aPlan(3));
      expect(await plans.current()).toEqual(aPlan(3));
      await waitUntil('both heard', () => watchers.every(({ seen }) => seen.length === 1), 2_000);
      expect(watchers.map(({ seen }) => seen)).toEqual([[aPlan(3)], [aPlan(3)]]);
    });

    test('a new watcher has the current plan before watch resolves', async () => {
      await plans.announce(aPlan(3));
      const { seen } = await watch();
      expect(seen).toEqual([aPlan(3)]);
    });

    test('a lower epoch is ignored, the same one changes nothing', async () => {
      await plans.announce(aPlan(5));
      const { epochs } = await watch();
      await plans.announce(aPlan(4));
      await plans.announce(aPlan(5, { stable: 'other' }));
      expect(await plans.current()).toEqual(aPlan(5));
      await plans.announce(aPlan(6));
      await waitUntil('the newer one', () => epochs().includes(6));
      expect(epochs()).toEqual([5, 6]);
    });

    test('whatever the order of announcing, epochs only rise', async () => {
      const { epochs } = await watch();
      await Promise.all([2, 9, 1, 5, 8, 3].map((epoch) => plans.announce(aPlan(epoch))));
      await waitUntil('the newest', () => epochs().includes(9));
      expect(epochs()).toEqual([...new Set(epochs())].sort((a, b) => a - b));
      expect(await plans.current()).toMatchObject({ epoch: 9 });
    });

    test('plans are copies', async () => {
      const plan = aPlan(1);
      const { seen } = await watch();
      await plans.announce(plan);
      plan.withdrawn.push('changed later');
      await waitUntil('heard', () => seen.length === 1);
      seen[0]?.withdrawn.push('changed by a reader');
      expect(await plans.current()).toEqual(aPlan(1));
    });

    test('a watcher that throws harms nobody', async () => {
      await plans.watch(() => {
        throw new Error('planted');
      });
      const { epochs } = await watch();
      await plans.announce(aPlan(1));
      await plans.announce(aPlan(2));
      await waitUntil('the newer one', () => epochs().at(-1) === 2);
    });

    test('a watcher that was stopped hears nothing more', async () => {
      const stopped = await watch();
      await stopped.subscription.stop();
      const { epochs } = await watch();
      await plans.announce(aPlan(1));
      await waitUntil('the other heard', () => epochs().length === 1);
      expect(stopped.seen).toEqual([]);
    });

    test('after close everything throws PORT_CLOSED', async () => {
      await watch();
      await plans.close();
      await plans.close();
      expect(plans.isUp()).toBe(false);
      const closed = { code: 'PORT_CLOSED' };
      await expect(plans.announce(aPlan(1))).rejects.toMatchObject(closed);
      await expect(plans.current()).rejects.toMatchObject(closed);
      await expect(plans.watch(() => {})).rejects.toMatchObject(closed);
    });
  });
}
