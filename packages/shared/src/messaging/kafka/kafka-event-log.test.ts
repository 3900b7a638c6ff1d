import { describe, expect, test } from 'vitest';
import { eventLogContract, realServerUrl } from '../../testing/index.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';

const url = realServerUrl('kafka');

describe.runIf(url)('on a real Kafka', () => {
  eventLogContract({
    name: 'kafka',
    open: (group) => openKafkaEventLog(url ?? '', { group, sessionTimeoutMs: 6_000 }),
    features: { groups: true },
  });
});

test('a broker that is not there is EVENT_LOG_DOWN', async () => {
  await expect(openKafkaEventLog('kafka://127.0.0.1:1')).rejects.toMatchObject({ code: 'EVENT_LOG_DOWN' });
});

test('an address without a port is refused', async () => {
  await expect(openKafkaEventLog('kafka://somewhere')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
