import { expect, test } from 'vitest';
import { furtherGateways, gatewayEnvironment, isGateway } from './gateway-processes.ts';

test('one gateway is the normal case, and shares nothing', () => {
  expect(furtherGateways({ GATEWAYS: 1 })).toEqual([]);
  expect(gatewayEnvironment({ GATEWAYS: 1, REELAY_HOME: '/home' }, 'gateway')).toEqual({});
});

test('several share the port, and none the folder of another', () => {
  expect(furtherGateways({ GATEWAYS: 3 })).toEqual(['gateway-2', 'gateway-3']);
  const settings = { GATEWAYS: 3, REELAY_HOME: '/home' };
  expect(gatewayEnvironment(settings, 'gateway')).toEqual({ REUSE_PORT: 'on' });
  const spill = { REUSE_PORT: 'on', RECEIPTS_SPILL_DIR: '/home/spill-gateway-2' };
  expect(gatewayEnvironment(settings, 'gateway-2')).toEqual(spill);
  expect([isGateway('trainer'), gatewayEnvironment(settings, 'trainer')]).toEqual([false, {}]);
});
