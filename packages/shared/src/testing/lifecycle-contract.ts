import { describe, expect, test } from 'vitest';
import type { Service } from '../runtime/index.ts';

export interface ServiceUnderTest {
  service: Service;
  /** Handles that the service holds open now (sockets, timers, subscriptions); 0 when nothing is left. */
  open(): number;
  /** Undoes what the test itself set up. */
  dispose?(): Promise<void>;
}

export interface LifecycleOptions {
  make(): Promise<ServiceUnderTest>;
  /** The same service, arranged so that its start fails half way. */
  makeFailing(): Promise<ServiceUnderTest>;
}

/** What every service promises about starting and stopping. */
export function lifecycleContract(name: string, { make, makeFailing }: LifecycleOptions): void {
  const using = async (made: Promise<ServiceUnderTest>, use: (it: ServiceUnderTest) => Promise<void>) => {
    const it = await made;
    try {
      await use(it);
    } finally {
      await it.service.stop().catch(() => {});
      await it.dispose?.();
    }
  };

  describe(`lifecycle of ${name}`, () => {
    test('starts twice as if once, and leaves nothing open when stopped', () =>
      using(make(), async ({ service, open }) => {
        await Promise.all([service.start(), service.start()]);
        await service.start();
        expect(open()).toBeGreaterThan(0);
        await Promise.all([service.stop(), service.stop()]);
        await service.stop();
        expect(open()).toBe(0);
      }));

    test('bears a stop before the start', () =>
      using(make(), async ({ service, open }) => {
        await service.stop();
        expect(open()).toBe(0);
        await service.start();
        expect(open()).toBeGreaterThan(0);
      }));

    test('a stop while starting ends with nothing open', () =>
      using(make(), async ({ service, open }) => {
        const starting = service.start().catch((error: unknown) => error);
        await service.stop();
        await starting;
        expect(open()).toBe(0);
      }));

    test('starts again after a stop', () =>
      using(make(), async ({ service, open }) => {
        await service.start();
        await service.stop();
        await service.start();
        expect(open()).toBeGreaterThan(0);
      }));

    test('a failing start leaves nothing open', () =>
      using(makeFailing(), async ({ service, open }) => {
        await expect(service.start()).rejects.toThrow();
        expect(open()).toBe(0);
      }));
  });
}
