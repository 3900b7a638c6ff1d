import { mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingServers } from '@reelay/native';
import { describe, expect, test } from 'vitest';
import { openServingPlatform, servedVersion } from './serving-platform.ts';

const missing = await missingServers(['rabbitmq', 'redis']);
if (missing.length > 0) {
  const sentence = `not run: starts without the store, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

let users = 7_000_000;
async function ask(url: string): Promise<{ outcome?: string; modelVersion?: string }> {
  const headers = { accept: 'application/json' };
  const response = await fetch(`${url}/recommend/${users++}`, { headers, signal: AbortSignal.timeout(5_000) });
  return (await response.json()) as { outcome?: string; modelVersion?: string };
}

/** Everything serves, then the store is gone and gateway and worker are killed; what the gateway answers once both run again. */
async function startWithoutStore(copies: Record<string, string>) {
  const platform = await openServingPlatform({ settings: { ...copies, REPLY_TIMEOUT_MS: '2000' } });
  const [[gateway], [worker]] = [platform.gateways, platform.workers];
  try {
    await rename(platform.artifactsFolder, `${platform.artifactsFolder}-away`);
    for (const one of [worker, gateway]) await one.kill();
    for (const one of [worker, gateway]) await one.start();
    const ready = await fetch(`${gateway.adminUrl}/readyz`);
    const answers = Array.from({ length: 20 }, () => ask(gateway.url));
    return { ready: ready.status, answers: await Promise.all(answers) };
  } finally {
    await platform.close();
  }
}

describe.runIf(missing.length === 0)('a start while the store of artifacts is away', () => {
  test('works from the copies of this host: lists and model are there', { timeout: 90_000 }, async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'reelay-copies-')));
    try {
      const { ready, answers } = await startWithoutStore({ ARTIFACT_CACHE_DIR: folder });
      expect(ready).toBe(200);
      expect(answers.filter(({ outcome, modelVersion }) => outcome !== 'model' || modelVersion !== servedVersion)).toEqual([]); // prettier-ignore
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('planted: without copies there is neither', { timeout: 90_000 }, async () => {
    const { ready, answers } = await startWithoutStore({});
    expect(ready).toBe(503);
    expect(answers.filter(({ outcome }) => outcome === 'model')).toEqual([]);
  });
});
