import type { Addresses } from './settings.ts';

export const serviceNames = [
  'gateway',
  'inference-worker',
  'autoscaler',
  'ingestor',
  'trainer',
  'release-manager',
  'simulator',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A service, or a further gateway: `gateway-2`. */
export type ProcessName = ServiceName | `gateway-${number}`;

/** All services, running: in one process on the embedded adapters, or a process each on real servers. */
export interface Platform {
  readonly mode: 'embedded' | 'processes';
  /** Base URL of the public port. */
  readonly gateway: string;
  /** Base URL of each service's admin port. */
  readonly admin: Partial<Record<ProcessName, string>>;
  readonly addresses: Addresses;
  /** Rejects when a part has died for good; never resolves. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/** Fewest and most inference workers; what is not given is the autoscaler's own setting. */
export interface WorkerRange {
  least?: number;
  most?: number;
}

export interface PlatformOptions {
  /** With the simulated population and its traffic. */
  simulator: boolean;
  /** Workers kept by an autoscaler; without, one worker is a service like the others. */
  workers?: WorkerRange;
}

/** The services of a platform with these options, in the order in which they start. */
export const servicesOf = ({ simulator, workers }: PlatformOptions): ServiceName[] =>
  serviceNames
    .filter((name) => simulator || name !== 'simulator')
    .filter((name) => name !== (workers ? 'inference-worker' : 'autoscaler'));
