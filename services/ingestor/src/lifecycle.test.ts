import { lifecycleContract, type ServiceUnderTest } from '@reelay/shared/testing';
import type { Follower, LogSubscription } from '@reelay/shared/messaging';
import { openIngestWorld, testTopic } from './testing/open-ingest-world.ts';

/** An ingestor whose log counts its readers; with `failing`, following fails after everything else has started. */
async function make(failing: boolean): Promise<ServiceUnderTest> {
  const world = await openIngestWorld();
  await world.eventLog.ensureTopic(testTopic, 1);
  let readers = 0;
  const { eventLog } = world;
  const counting = {
    features: eventLog.features,
    isUp: () => eventLog.isUp(),
    append: eventLog.append.bind(eventLog),
    ranges: eventLog.ranges.bind(eventLog),
    ensureTopic: eventLog.ensureTopic.bind(eventLog),
    close: eventLog.close.bind(eventLog),
    async follow(topic: string, follower: Follower): Promise<LogSubscription> {
      if (failing) throw new Error('planted');
      const subscription = await eventLog.follow(topic, follower);
      readers += 1;
      let stopped = false;
      return {
        restart: (partition) => subscription.restart(partition),
        async stop() {
          await subscription.stop();
          if (!stopped) readers -= 1;
          stopped = true;
        },
      };
    },
  };
  const timers = world.countingClock();
  const service = await world.another({ eventLog: counting, clock: timers.clock });
  return { service, open: () => readers + timers.open(), dispose: () => world.close() };
}

lifecycleContract('ingestor', { make: () => make(false), makeFailing: () => make(true) });
