import { createServer, Server, type AddressInfo } from 'node:net';
import type { Subscription } from '@reelay/shared/messaging';
import { createManualClock, lifecycleContract, waitUntil, type ServiceUnderTest } from '@reelay/shared/testing';
import { afterAll, expect, test, vi } from 'vitest';
import { openWorld, startWorker, watch } from './testing/world.ts';

/** Servers of this process that listen, of all that were ever told to. */
const listen = vi.spyOn(Server.prototype, 'listen');
afterAll(() => listen.mockRestore());
const listening = (): number => new Set((listen.mock.contexts as Server[]).filter((server) => server.listening)).size;

async function make(settings: Record<string, string> = {}): Promise<ServiceUnderTest> {
  let subscriptions = 0;
  const counted = async (subscribed: Promise<Subscription>): Promise<Subscription> => {
    const subscription = await subscribed;
    subscriptions++;
    return { stop: () => subscription.stop().finally(() => subscriptions--) };
  };
  const world = await openWorld({
    start: false,
    settings,
    change({ plans, answers }) {
      const [watch, listen] = [plans.watch.bind(plans), answers.listen.bind(answers)];
      plans.watch = (onPlan) => counted(watch(onPlan));
      answers.listen = (address, onAnswers) => counted(listen(address, onAnswers));
      return {};
    },
  });
  const before = listening();
  return { service: world.gateway, open: () => listening() - before + subscriptions, dispose: () => world.dispose() };
}

/** The admin port is the last thing to open, so everything else is open when it fails. */
async function makeFailing(): Promise<ServiceUnderTest> {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const made = await make({ ADMIN_PORT: `${(squatter.address() as AddressInfo).port}` });
  const free = () => new Promise<void>((resolve) => squatter.close(() => resolve()));
  const dispose = async () => {
    await free();
    await made.dispose?.();
  };
  return { ...made, dispose };
}

lifecycleContract('gateway', { make: () => make(), makeFailing });

test('a request in hand is answered before the gateway ends, and its kept connection does not hold it up', async () => {
  const clock = createManualClock();
  const world = await openWorld({ clock });
  try {
    const inHand = world.ask(44);
    await waitUntil('the job', async () => (await world.queue.depth('stable')).ready === 1);
    const startedMs = performance.now();
    const stopped = world.gateway.stop();
    clock.advance(350);
    expect((await inHand).outcome).toBe('fallback');
    await stopped;
    // Connections that stay are cut after 2 s.
    expect(performance.now() - startedMs).toBeLessThan(1_500);
  } finally {
    await world.dispose();
  }
});

test('a gateway that was restarted under a late answer gives it to nobody, and its next answer is the right one', async () => {
  const clock = createManualClock();
  const world = await openWorld({ clock });
  try {
    const early = world.ask(44);
    await waitUntil('the job', async () => (await world.queue.depth('stable')).ready === 1);
    const stopped = world.gateway.stop();
    clock.advance(350);
    expect((await early).outcome).toBe('fallback');
    await stopped;
    await world.gateway.start();
    await waitUntil('lists again', () => world.lines.filter(({ msg }) => msg === 'ready lists loaded').length === 2);
    // The worker comes now, takes the job of the earlier life and answers it, to the address of that life.
    const jobs = await startWorker(world, (answer, { requestId }) => ({
      ...answer,
      items: [{ id: `for+${requestId.replaceAll('-', '')}+2001`, score: 1 }],
    }));
    await waitUntil('the late job', () => jobs.length === 1);
    await watch(world, 44);
    const next = await world.ask(44);
    expect([next.outcome, next.items[0]?.id]).toEqual(['model', `for+${next.requestId.replaceAll('-', '')}+2001`]);
    expect(jobs[0]?.replyTo).not.toBe(jobs[1]?.replyTo);
    expect(await world.registry.metrics()).toContain('reelay_gateway_unclaimed_answers_total 0');
  } finally {
    await world.dispose();
  }
});
