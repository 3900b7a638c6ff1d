import { createService, type Own, type Service } from './lifecycle.ts';
import { messageOf } from './errors.ts';
import { within } from './deadline.ts';

export interface Runner {
  /** Keeps a closable thing until the end; closed after the services, last opened first. */
  own<T extends { close(): Promise<void> }>(thing: T): T;
  /** Starts the services in order and stays until SIGINT or SIGTERM, then stops all of it. */
  run(...services: Service[]): Promise<void>;
}

interface RunnerOptions {
  log: {
    info(fields: object, text: string): void;
    error(fields: object, text: string): void;
    flush?(done: () => void): void;
  };
  /** After this the process ends anyway, with code 1. */
  stopWithinMs: number;
  process?: Pick<NodeJS.Process, 'on' | 'exit'>;
}

/** A log that nobody reads does not keep the process. */
const flushWithinMs = 500;

/** The life of a process: open, run, wait for a signal, stop in reverse, end with a true exit code. */
export function createRunner({ log, stopWithinMs, process: host = process }: RunnerOptions): Runner {
  const things: { close(): Promise<void> }[] = [];
  const closeThings = async () => {
    for (const thing of things.splice(0).reverse()) {
      await thing.close().catch((error: unknown) => log.error({ error: messageOf(error) }, 'a port did not close'));
    }
  };
  const stopAll = async (whole: Service) => {
    try {
      await whole.stop();
    } finally {
      await closeThings();
    }
  };
  return {
    own(thing) {
      things.push(thing);
      return thing;
    },
    async run(...services) {
      const whole = createService('process', (own) => startInOrder(services, own));
      const signal = nextSignal(host);
      let code = 0;
      try {
        await whole.start();
        log.info({ services: services.map((service) => service.name) }, 'running');
        log.info({ signal: await signal }, 'stopping');
      } catch (error) {
        code = 1;
        log.error({ error: messageOf(error) }, 'could not start');
      }
      await within(stopWithinMs, 'stopping', stopAll(whole)).catch((error: unknown) => {
        code = 1;
        log.error({ error: messageOf(error) }, 'did not stop cleanly');
      });
      const written = new Promise<void>((resolve) => (log.flush ? log.flush(resolve) : resolve()));
      await within(flushWithinMs, 'writing the log', written).catch(() => {});
      host.exit(code);
    },
  };
}

async function startInOrder(services: Service[], own: Own): Promise<void> {
  for (const service of services) {
    own(() => service.stop());
    await service.start();
  }
}

/** The first signal; later ones are heard and ignored, since the stop is under way and bounded. */
function nextSignal(host: Pick<NodeJS.Process, 'on'>): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) host.on(name, () => resolve(name));
  });
}
