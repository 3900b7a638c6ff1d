import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGateway, gatewayConfig } from '@reelay/gateway';
import type { RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openBatchQueue,
  openHistories,
  openPlans,
  openSliceQueue,
  openWorkQueue,
} from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createService, loadConfig, systemClock, type Own } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { detailsEnvironment } from '../details-environment.ts';
import type { Platform, PlatformOptions } from '../platform.ts';
import { embeddedAddresses, serviceEnvironment, type Settings } from '../settings.ts';
import { createEmbeddedAdmin } from './embedded-admin.ts';
import { openLogFile } from './log-file.ts';
import { createThreadService, type ThreadService } from './start-thread.ts';
import { threadNames, type ThreadName } from './thread-control.ts';

/**
 * Everything in one process: the gateway on the main thread, so that nothing that computes or waits for a disk can stall an answer; every other
 * service in a thread of its own. Queues, answers, histories and plans live here and are lent to the threads.
 */
export async function startEmbedded(settings: Settings, { simulator }: PlatformOptions): Promise<Platform> {
  const addresses = embeddedAddresses(settings);
  const names = threadNames.filter((name) => simulator || name !== 'simulator');
  await mkdir(settings.REELAY_HOME, { recursive: true });
  const details = await detailsEnvironment(process.env, { simulator });
  // With a port that is picked at the start nobody knows it yet; then the log alone has it.
  const notices: Record<string, string> =
    settings.ADMIN_PORT > 0 ? { NOTICES_URL: `http://127.0.0.1:${settings.ADMIN_PORT}` } : {};
  const environment = { ...notices, ...serviceEnvironment(settings, addresses), ...details };
  const logFile = join(settings.REELAY_HOME, 'logs', 'reelay.log');
  const ports = { gateway: 0, admin: 0 };
  let tellDeath: (error: Error) => void = () => {};
  const died = new Promise<never>((_, reject) => (tellDeath = reject));
  died.catch(() => {});

  const whole = createService('platform', async (own) => {
    const destination = openLogFile(logFile);
    own(() => destination.flushSync());
    const log = createLogger('gateway', { level: settings.LOG_LEVEL, destination });
    const registry = createRegistry({ process: true });
    const shared = await openSharedPorts(own);
    const threads = names.map((name) => startThread(name));
    const gateway = await openGateway(own, { ...shared, log, registry });
    const admin = createEmbeddedAdmin({ port: settings.ADMIN_PORT, gateway, registry, threads });
    own(() => admin.stop());
    await Promise.all([...threads.map((thread) => thread.start()), gateway.start()]);
    await admin.start();
    Object.assign(ports, { gateway: gateway.port, admin: admin.port });

    function startThread(name: ThreadName): ThreadService {
      const data = { name, environment, logFile, logLevel: settings.LOG_LEVEL };
      const thread = createThreadService(data, shared, (error) => tellDeath(error));
      own(() => thread.stop());
      return thread;
    }
  });

  async function openGateway(
    own: Own,
    deps: Omit<Parameters<typeof createGateway>[0], 'config' | 'artifacts' | 'clock'>,
  ) {
    const config = loadConfig(gatewayConfig, { ...environment, ADMIN_PORT: 'off' });
    const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
    own(() => artifacts.close());
    const gateway = createGateway({ ...deps, config, artifacts, clock: systemClock });
    own(() => gateway.stop());
    return gateway;
  }

  await whole.start();
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  return {
    mode: 'embedded',
    gateway: `http://127.0.0.1:${ports.gateway}`,
    admin: Object.fromEntries(['gateway', ...names].map((name) => [name, adminUrl])),
    addresses,
    died,
    stop: () => whole.stop(),
  };
}

async function openSharedPorts(own: Own) {
  const ports = {
    queue: await openWorkQueue<RecommendJob>('memory:'),
    batches: await openBatchQueue('memory:'),
    slices: await openSliceQueue('memory:'),
    answers: await openAnswers('memory:'),
    histories: await openHistories('memory:'),
    plans: await openPlans('memory:'),
  };
  for (const port of Object.values(ports)) own(() => port.close());
  return ports;
}
