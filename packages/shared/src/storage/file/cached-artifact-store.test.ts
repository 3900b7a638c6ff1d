import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../runtime/index.ts';
import { aManifest, artifactStoreContract } from '../../testing/index.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import { openArtifactStore } from '../open.ts';
import { openCachedArtifactStore } from './cached-artifact-store.ts';
import { openFileArtifactStore } from './file-artifact-store.ts';

let folder: string;
const all: string[] = [];
const place = (name: string): string => join(folder, name);
const open = () => openArtifactStore(`file:${place('store')}`, { cacheFolder: place('cache') });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-copies-'));
  all.push(folder);
});
afterAll(() => Promise.all(all.map((one) => rm(one, { recursive: true, force: true }))));

artifactStoreContract({
  name: 'file, with copies on this host',
  open,
  async tamper(version, file, change) {
    // What a host meets that has no copy yet.
    await rm(place('cache'), { recursive: true, force: true });
    const path = join(place('store'), version, file);
    const bytes = change(new Uint8Array(await readFile(path)));
    await (bytes === undefined ? rm(path) : writeFile(path, bytes));
  },
});

const bytes = Uint8Array.from({ length: 64 }, (_, at) => at);
const putOne = async (store: ArtifactStore, version = '1-abcdef') =>
  store.put(aManifest({ version }), { 'factors.f32': bytes });
const loaded = async (store: ArtifactStore, version = '1-abcdef') =>
  new Uint8Array(await store.load(version, 'factors.f32'));
const away = () => Promise.reject(new AppError('STORE_DOWN', 'planted'));

test('what was loaded once is there while the store is away, for a process that starts only now, too', async () => {
  const store = await open();
  const manifest = await putOne(store);
  await loaded(store);
  await rename(place('store'), place('gone'));
  const later = await openCachedArtifactStore({ folder: place('cache'), openSource: away });
  expect(await later.manifest('1-abcdef')).toEqual(manifest);
  expect(await loaded(later)).toEqual(bytes);
  // Planted: without the copies a start without the store gets nothing.
  const without = await openCachedArtifactStore({ folder: place('other'), openSource: away });
  await expect(loaded(without)).rejects.toMatchObject({ code: 'STORE_DOWN' });
});

test('the store is read once for each file, and tried again after it was away', async () => {
  const source = await openFileArtifactStore(`file:${place('store')}`);
  await putOne(source);
  const reads: string[] = [];
  let opens = 0;
  const counted: ArtifactStore = {
    put: (manifest, files) => source.put(manifest, files),
    manifest: (version) => (reads.push('manifest'), source.manifest(version)),
    load: (version, file) => (reads.push(file), source.load(version, file)),
    close: () => source.close(),
  };
  const openSource = () => (opens++ === 0 ? away() : Promise.resolve(counted));
  const store = await openCachedArtifactStore({ folder: place('cache'), openSource });
  await expect(loaded(store)).rejects.toMatchObject({ code: 'STORE_DOWN' });
  for (let round = 0; round < 3; round++) expect(await loaded(store)).toEqual(bytes);
  expect(reads.toSorted()).toEqual(['factors.f32', 'manifest']);
  expect(opens).toBe(2);
});

test('a damaged copy is never given: it is taken from the store again, and without the store it is an error', async () => {
  const store = await open();
  await putOne(store);
  await loaded(store);
  const copy = join(place('cache'), '1-abcdef', 'factors.f32');
  const spoil = () => writeFile(copy, bytes.with(3, 77));
  await spoil();
  expect(await loaded(store)).toEqual(bytes);
  expect(new Uint8Array(await readFile(copy))).toEqual(bytes);
  await spoil();
  const alone = await openCachedArtifactStore({ folder: place('cache'), openSource: away });
  await expect(loaded(alone)).rejects.toMatchObject({ code: 'STORE_DOWN' });
});

test('copies are bounded: those that are wanted stay, and the newest two others', async () => {
  const store = await open();
  const versions = ['1-aaaaaa', '2-aaaaaa', '3-aaaaaa', '4-aaaaaa', '5-aaaaaa', '6-aaaaaa'];
  for (const [at, version] of versions.entries()) {
    await putOne(store, version);
    await loaded(store, version);
    await utimes(join(place('cache'), version), at, at);
  }
  await store.keep?.(['1-aaaaaa', '9-neverhad']);
  const left = (await readdir(place('cache'))).filter((name) => !name.startsWith('.'));
  expect(left.toSorted()).toEqual(['1-aaaaaa', '5-aaaaaa', '6-aaaaaa']);
  expect(await loaded(store, '2-aaaaaa')).toEqual(bytes);
});

test('a copy that cannot be kept costs the copy alone, and is told', async () => {
  const source = await openFileArtifactStore(`file:${place('store')}`);
  await putOne(source);
  const problems: object[] = [];
  const store = await openCachedArtifactStore({
    folder: place('cache'),
    openSource: () => Promise.resolve(source),
    onProblem: (problem) => problems.push(problem),
  });
  await writeFile(join(place('cache'), '1-abcdef'), 'in the way');
  expect(await loaded(store)).toEqual(bytes);
  expect(problems[0]).toMatchObject({ version: '1-abcdef' });
});

test('what a copier left behind that died is taken away after an hour, and a young one is not', async () => {
  const incoming = join(place('cache'), '.incoming');
  await mkdir(incoming, { recursive: true });
  for (const [name, writtenAt] of Object.entries({ old: 1_000, young: 5_000 })) {
    await writeFile(join(incoming, name), 'half');
    await utimes(join(incoming, name), writtenAt, writtenAt);
  }
  const openAt = (seconds: number) =>
    openCachedArtifactStore({ folder: place('cache'), openSource: away, clock: { now: () => seconds * 1_000 } });
  await openAt(4_600);
  expect(await readdir(incoming)).toEqual(['old', 'young']);
  await openAt(4_601);
  expect(await readdir(incoming)).toEqual(['young']);
});

test('processes that copy at once and are killed at it leave no file that is half', async () => {
  const source = await openFileArtifactStore(`file:${place('store')}`);
  const large = new Uint8Array(2 ** 22).fill(7);
  const versions = ['1-aaaaaa', '2-aaaaaa', '3-aaaaaa'];
  for (const version of versions) await source.put(aManifest({ version }), { 'factors.f32': large });
  const program = join(import.meta.dirname, 'copy-versions.fixture.ts');
  const start = () =>
    spawn(process.execPath, [program, place('store'), place('cache')], { stdio: ['ignore', 'pipe', 'inherit'] });
  for (let round = 0; round < 3; round++) {
    const children = [start(), start()];
    await Promise.all(children.map((child) => once(child.stdout, 'data'))); // each is at it
    for (const child of children) child.kill('SIGKILL');
    const ends = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(ends.map(([, signal]) => signal as string)).toEqual(['SIGKILL', 'SIGKILL']);
    for (const version of versions) {
      const copy = await readFile(join(place('cache'), version, 'factors.f32')).catch(() => undefined);
      if (copy) expect(copy.equals(large)).toBe(true);
    }
  }
  const store = await open();
  for (const version of versions) expect((await store.load(version, 'factors.f32')).length).toBe(large.length);
}, 30_000);
