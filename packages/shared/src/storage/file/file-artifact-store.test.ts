import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aManifest, artifactStoreContract } from '../../testing/index.ts';
import { openFileArtifactStore } from './file-artifact-store.ts';

let folder: string;
let made = 0;
const store = () => join(folder, `${made}`);
const open = () => openFileArtifactStore(`file:${join(folder, `${++made}`)}`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-artifacts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

artifactStoreContract({
  name: 'file',
  open,
  async tamper(version, file, change) {
    const path = join(store(), version, file);
    const bytes = change(new Uint8Array(await readFile(path)));
    await (bytes === undefined ? rm(path) : writeFile(path, bytes));
  },
});

test('what a writer left behind when it died is no version, and does not hinder the next one', async () => {
  const opened = await open();
  await mkdir(join(store(), '.incoming', 'died'), { recursive: true });
  await writeFile(join(store(), '.incoming', 'died', 'manifest.json'), '{');
  await expect(opened.manifest('1-abcdef')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
  await opened.put(aManifest(), { 'factors.f32': new Uint8Array(8) });
  expect((await readdir(store())).toSorted()).toEqual(['.incoming', '1-abcdef']);
});

test('what a writer left behind an hour ago is taken away by the next one', async () => {
  await open();
  const incoming = join(store(), '.incoming');
  await mkdir(join(incoming, 'died'), { recursive: true });
  await utimes(join(incoming, 'died'), 1_000, 1_000);
  const putAt = async (seconds: number, version: string) => {
    const opened = await openFileArtifactStore(`file:${store()}`, { now: () => seconds * 1_000 });
    await opened.put(aManifest({ version }), {});
    return readdir(incoming);
  };
  expect(await putAt(4_600, '1-aaaaaa')).toEqual(['died']);
  expect(await putAt(4_601, '2-aaaaaa')).toEqual([]);
});

test('a put that fails leaves nothing behind', async () => {
  const opened = await open();
  await opened.put(aManifest(), {});
  await expect(opened.put(aManifest(), {})).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
  expect(await readdir(join(store(), '.incoming'))).toEqual([]);
});

test('another opening of the same folder sees the same versions', async () => {
  const opened = await open();
  const manifest = await opened.put(aManifest(), { 'factors.f32': new Uint8Array(8) });
  expect(await (await openFileArtifactStore(`file:${store()}`)).manifest('1-abcdef')).toEqual(manifest);
});

test('no byte of a manifest can change unseen; one of an earlier program, without a seal, is read', async () => {
  const opened = await open();
  const manifest = await opened.put(aManifest(), { 'factors.f32': new Uint8Array(8) });
  const path = join(store(), '1-abcdef', 'manifest.json');
  const written = await readFile(path);
  for (let at = 0; at < written.length; at++) {
    const bytes = Buffer.from(written);
    bytes[at] ^= 1;
    await writeFile(path, bytes);
    await expect(opened.manifest('1-abcdef')).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  }
  await writeFile(path, JSON.stringify(manifest));
  expect(await opened.manifest('1-abcdef')).toEqual(manifest);
});
