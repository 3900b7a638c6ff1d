import type { Addresses } from './settings.ts';

export const serviceNames = [
  'gateway',
  'inference-worker',
  'ingestor',
  'trainer',
  'release-manager',
  'simulator',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** All services, running: in one process on the embedded adapters, or a process each on real servers. */
export interface Platform {
  readonly mode: 'embedded' | 'processes';
  /** Base URL of the public port. */
  readonly gateway: string;
  /** Base URL of each service's admin port. */
  readonly admin: Partial<Record<ServiceName, string>>;
  readonly addresses: Addresses;
  /** Rejects when a part has died for good; never resolves. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

export interface PlatformOptions {
  /** With the simulated population and its traffic. */
  simulator: boolean;
}
