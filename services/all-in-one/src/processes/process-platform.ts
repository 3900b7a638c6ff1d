import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWorkers } from '@reelay/autoscaler';
import { clearFolder } from '@reelay/native';
import { AppError, createService, giveWay, systemClock, type Own } from '@reelay/shared/runtime';
import { detailsEnvironment } from '../details-environment.ts';
import { servicesOf, type Platform, type PlatformOptions, type ProcessName } from '../platform.ts';
import { folders, serviceEnvironment, type Addresses, type Settings } from '../settings.ts';
import type { Voice } from '../terminal/voice.ts';
import { furtherGateways, gatewayEnvironment, isGateway } from './gateway-processes.ts';
import { openServers } from './open-servers.ts';
import { createServiceProcess } from './service-process.ts';
import { autoscalerEnvironment, workersFolder } from './worker-processes.ts';

const upWithinMs = 60_000;
/** Nobody waits for these by the millisecond. Not the autoscaler: workers inherit its niceness. */
const inBackground: ReadonlySet<string> = new Set<ProcessName>(['ingestor', 'trainer', 'release-manager']);

/** A process each on real servers: those of the given URLs, else private ones of `infra/native`. */
export async function startProcesses(settings: Settings, options: PlatformOptions, voice: Voice): Promise<Platform> {
  const { simulator, workers } = options;
  const names: ProcessName[] = [...servicesOf(options), ...furtherGateways(settings)];
  const admin = adminUrls(settings, names);
  let addresses: Addresses | undefined;
  let isUpOnce = false;
  let tellDeath: (error: Error) => void = () => {};
  const died = new Promise<never>((_, reject) => (tellDeath = reject));
  died.catch(() => {});

  const whole = createService('platform', async (own) => {
    const folder = await openFolder(settings.REELAY_HOME);
    const left = await clearFolder(folder);
    if (left.length > 0)
      voice.say('cleared', `Ended ${left.length} processes that an earlier run left behind`, { pids: left });
    const store = settings.ARTIFACTS_URL ? { ARTIFACTS_URL: settings.ARTIFACTS_URL } : {};
    addresses = { ...(await openServers(settings, own, voice)), ...folders(settings.REELAY_HOME), ...store };
    const details = await detailsEnvironment(process.env, { simulator });
    const notices = { NOTICES_URL: admin['release-manager'] ?? '' };
    const environment = { ...notices, ...serviceEnvironment(settings, addresses), ...details, ...scaling(folder) };
    // Workers outlive their autoscaler: they are ended when it no longer runs.
    if (workers) own(() => endWorkers(workersFolder(settings.REELAY_HOME), systemClock));
    const services = names.map((name) => startService(name, folder, environment, own));
    await Promise.all(services.map((service) => service.start()));
    await Promise.all(names.map((name) => waitUntilUp(name, admin[name] ?? '', died)));
    // Not before: nobody is served until all of them are up.
    isUpOnce = true;
    const background = services.filter(({ name }) => inBackground.has(name));
    await Promise.all(background.map(({ pid }) => giveWay(pid, settings.BACKGROUND_NICENESS)));
  });

  function startService(name: ProcessName, folder: string, environment: Record<string, string>, own: Own) {
    const service = createServiceProcess({
      name,
      folder,
      program: programOf(name),
      niceness: () => (isUpOnce && inBackground.has(name) ? settings.BACKGROUND_NICENESS : 0),
      environment: { ...environment, ...gatewayEnvironment(settings, name), ADMIN_PORT: portOf(admin[name]) },
      onRestart: (restarted, code) =>
        voice.say('restart', `${restarted} ended (code ${code}) and is started again`, { service: restarted, code }),
      onCrashLoop(error) {
        // A model that kills its worker is withdrawn by the release-manager: until then the gateway has its fallbacks, and then the worker lives.
        if (name === 'inference-worker') return true;
        tellDeath(error);
        return false;
      },
    });
    own(() => service.stop());
    return service;
  }

  const scaling = (logFolder: string): Record<string, string> =>
    workers
      ? autoscalerEnvironment(settings.REELAY_HOME, workers, {
          workerProgram: programOf('inference-worker'),
          logFolder,
          gatewayAdmins: names.filter(isGateway).map((name) => admin[name] ?? ''),
        })
      : {};

  await whole.start();
  return {
    mode: 'processes',
    gateway: `http://127.0.0.1:${settings.PORT}`,
    admin,
    addresses: addresses as unknown as Addresses,
    died,
    stop: () => whole.stop(),
  };
}

/** Without links in its path: the path is the mark by which our own processes are known. */
async function openFolder(home: string): Promise<string> {
  const folder = join(home, 'logs');
  await mkdir(folder, { recursive: true });
  return realpath(folder);
}

/** The gateway's admin port is the setting; the others take the next numbers. */
const adminUrls = (settings: Settings, names: readonly ProcessName[]): Partial<Record<ProcessName, string>> =>
  Object.fromEntries(names.map((name, index) => [name, `http://127.0.0.1:${settings.ADMIN_PORT + index}`]));

const portOf = (url = ''): string => new URL(url).port;

const programOf = (name: ProcessName): string =>
  fileURLToPath(new URL('./main.ts', import.meta.resolve(`@reelay/${isGateway(name) ? 'gateway' : name}`)));

async function waitUntilUp(name: string, admin: string, died: Promise<never>): Promise<void> {
  const until = systemClock.monotonicMs() + upWithinMs;
  for (;;) {
    const answers = await Promise.race([isUp(admin), died]);
    if (answers) return;
    if (systemClock.monotonicMs() > until) throw new AppError('START_FAILED', `${name} does not answer at ${admin}`);
    await systemClock.sleep(100);
  }
}

const isUp = (admin: string): Promise<boolean> =>
  fetch(new URL('/livez', admin), { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
