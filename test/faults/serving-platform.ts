import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers, type NativeServer } from '@reelay/native';
import { emptyPlan } from '@reelay/shared/contracts';
import { openHistories, openPlans } from '@reelay/shared/messaging';
import { openArtifactStore } from '@reelay/shared/storage';
import { openFaultProxy, putTinyModel, waitUntil, type FaultProxy } from '@reelay/shared/testing';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

/** Gateways and workers, a process each, that reach a RabbitMQ and a Redis of their own through fault proxies. The model is a drawn one. */
export interface ServingPlatform {
  rabbitmq: NativeServer;
  redis: NativeServer;
  /** URLs past the proxies. */
  urls: { QUEUE_URL: string; REDIS_URL: string };
  proxies: { rabbitmq: FaultProxy; redis: FaultProxy };
  gateways: ServiceProcess[];
  workers: ServiceProcess[];
  /** Of the store behind the artifacts. */
  artifactsFolder: string;
  /** One more gateway, started. */
  makeGateway(settings?: Record<string, string>): Promise<ServiceProcess>;
  /** What the processes wrote last. */
  output(): Promise<string>;
  close(): Promise<void>;
}

export interface ServingOptions {
  gateways?: number;
  workers?: number;
  settings?: Record<string, string>;
  /** Of each worker, by its place. */
  workerSettings?: readonly Record<string, string>[];
  /** Versions in the store, each a model of its own; the first is served. */
  versions?: readonly string[];
}

export const servedVersion = '1-aaaaaa';

export async function openServingPlatform({
  gateways = 1,
  workers = 1,
  settings = {},
  workerSettings = [],
  versions = [servedVersion],
}: ServingOptions = {}): Promise<ServingPlatform> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-serving-')));
  const undo: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step().catch(() => {});
  };
  try {
    const started = await startNativeServers(['rabbitmq', 'redis'], { home: join(home, 'servers') });
    undo.push(() => started.stop());
    const urls = { QUEUE_URL: started.urls.QUEUE_URL ?? '', REDIS_URL: started.urls.REDIS_URL ?? '' };
    const proxies = { rabbitmq: await openFaultProxy(urls.QUEUE_URL), redis: await openFaultProxy(urls.REDIS_URL) };
    undo.push(
      () => proxies.rabbitmq.close(),
      () => proxies.redis.close(),
    );
    const artifactsFolder = join(home, 'artifacts');
    const ARTIFACTS_URL = `file:${artifactsFolder}`;
    await release(ARTIFACTS_URL, urls.REDIS_URL, versions);
    const environment = { QUEUE_URL: proxies.rabbitmq.url, REDIS_URL: proxies.redis.url, ARTIFACTS_URL, ...settings };
    const make = (name: string, at: number, more: Record<string, string> = {}) =>
      createServiceProcess({
        name,
        label: `${name}-${at}`,
        folder: join(home, 'logs'),
        environment: { ...environment, ...more },
      });
    const platform = {
      rabbitmq: started.servers.get('rabbitmq')!,
      redis: started.servers.get('redis')!,
      urls,
      proxies,
      artifactsFolder,
      gateways: await Promise.all(Array.from({ length: gateways }, (_, at) => make('gateway', at))),
      workers: await Promise.all(
        Array.from({ length: workers }, (_, at) => make('inference-worker', at, workerSettings[at])),
      ),
      async makeGateway(more: Record<string, string> = {}) {
        const gateway = await make('gateway', platform.gateways.length, more);
        platform.gateways.push(gateway);
        await gateway.start();
        return gateway;
      },
      output: async () =>
        (await Promise.all(all().map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n'),
      close,
    };
    const all = () => [...platform.workers, ...platform.gateways];
    undo.push(() => Promise.all(all().map((one) => one.stop())));
    await Promise.all(all().map((one) => one.start()));
    for (const gateway of platform.gateways) await untilItServes(gateway);
    return platform;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Models in the store, the first in the plan, and histories that are complete: what ingest, trainer and release manager do elsewhere. */
async function release(artifactsUrl: string, redisUrl: string, versions: readonly string[]): Promise<void> {
  const artifacts = await openArtifactStore(artifactsUrl);
  for (const version of versions) await putTinyModel(artifacts, { version, items: 2_000, factors: 32 });
  await artifacts.close();
  const plans = await openPlans(redisUrl);
  await plans.announce({ ...emptyPlan, epoch: 1, stable: versions[0], salt: 'first' });
  await plans.close();
  const histories = await openHistories(redisUrl);
  await histories.markComplete();
  await histories.close();
}

/** A row of them: then connections are there, and the hot paths compiled. */
export async function untilItServes(gateway: ServiceProcess, row = 50): Promise<void> {
  let served = 0;
  await waitUntil(`${gateway.name} answers from the model`, async () => {
    const response = await fetch(`${gateway.url}/recommend/${2_000_000 + Math.floor(Math.random() * 1e6)}`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(5_000),
    });
    const { outcome } = (await response.json()) as { outcome?: string };
    served = outcome === 'model' ? served + 1 : 0;
    return served === row;
  });
}
