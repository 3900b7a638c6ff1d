import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 20;

/** Waits for a condition and gives whether it came true within the time. A signal ends the wait with its reason. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() >= endsAt) return false;
    await delay(pauseMs);
  }
}
