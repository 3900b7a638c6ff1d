import { join } from 'node:path';
import type { ProcessName } from '../platform.ts';
import type { Settings } from '../settings.ts';

/** The gateways beside the first one. */
export const furtherGateways = ({ GATEWAYS }: Pick<Settings, 'GATEWAYS'>): `gateway-${number}`[] =>
  Array.from({ length: GATEWAYS - 1 }, (_, at) => `gateway-${at + 2}` as const);

export const isGateway = (name: ProcessName): boolean => /^gateway(-\d+)?$/.test(name);

/** What several gateways must not, or must, share. A folder of receipts belongs to one alone. */
export function gatewayEnvironment(
  { GATEWAYS, REELAY_HOME }: Pick<Settings, 'GATEWAYS' | 'REELAY_HOME'>,
  name: ProcessName,
): Record<string, string> {
  if (!isGateway(name) || GATEWAYS === 1) return {};
  const spill: Record<string, string> =
    name === 'gateway' ? {} : { RECEIPTS_SPILL_DIR: join(REELAY_HOME, `spill-${name}`) };
  return { REUSE_PORT: 'on', ...spill };
}
