import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../contracts/index.ts';
import type { ArtifactStore } from '../storage/index.ts';

export interface ArtifactStoreSubject {
  name: string;
  /** An empty store. */
  open: () => Promise<ArtifactStore>;
  /** Changes the stored bytes of a file of a version behind the store's back; undefined takes it away. */
  tamper: (version: string, file: string, change: (bytes: Uint8Array) => Uint8Array | undefined) => Promise<void>;
}

/** A manifest before its files are known. */
export const aManifest = (change: Partial<Omit<Manifest, 'files'>> = {}): Omit<Manifest, 'files'> => ({
  format: 1,
  version: '1-abcdef',
  createdAt: '2024-05-01T00:00:00.000Z',
  parent: null,
  dataVersion: 'd'.repeat(64),
  gitCommit: '0123456',
  seed: 1,
  items: 2,
  factors: 2,
  groups: 1,
  users: 1,
  objective: {
    name: 'ials',
    alpha0: 0.1,
    regularisation: 0.01,
    nu: 1,
    minutesWeight: 1,
    ratingWeight: 1,
    confidenceMax: 10,
    handOver: 3,
  },
  parameters: { sweeps: 8 },
  metrics: {
    users: 1,
    ndcgAt10: null,
    popularityNdcgAt10: null,
    rmse: null,
    globalMeanRmse: null,
    heldOutRatings: 0,
  },
  probe: { history: [], group: 0, expected: [{ index: 0, score: 1 }] },
  ...change,
});

const someFiles = () => ({
  'factors.f32': new Uint8Array(Array.from({ length: 32 }, (_, place) => place * 7)),
  'catalogue.json': new TextEncoder().encode('[{"id":"heat+1995"}]'),
});

const flip =
  (place: number) =>
  (bytes: Uint8Array): Uint8Array =>
    bytes.with(place, bytes[place] ^ 0x10);

const renamed = (bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode(new TextDecoder().decode(bytes).replace('2-bbbbbb', '3-cccccc'));

/** The definition of `ArtifactStore`, for every adapter. */
export function artifactStoreContract({ name, open, tamper }: ArtifactStoreSubject): void {
  describe(`artifact store: ${name}`, () => {
    let store: ArtifactStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('what was put is loaded byte for byte, and the manifest names each file', async () => {
      const files = someFiles();
      const manifest = await store.put(aManifest(), files);
      expect(await store.manifest('1-abcdef')).toEqual(manifest);
      expect(manifest).toMatchObject({ ...aManifest(), files: { 'factors.f32': { bytes: 32 } } });
      for (const [file, bytes] of Object.entries(files)) {
        expect(new Uint8Array(await store.load('1-abcdef', file))).toEqual(bytes);
      }
    });

    test('a version is put once: the second time is VERSION_EXISTS and changes nothing', async () => {
      await store.put(aManifest(), someFiles());
      const other = store.put(aManifest({ seed: 2 }), { 'factors.f32': new Uint8Array(4) });
      await expect(other).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
      expect((await store.manifest('1-abcdef')).seed).toBe(1);
      expect((await store.load('1-abcdef', 'factors.f32')).length).toBe(32);
    });

    test('of ten writers of one version at once exactly one wins, and its files stand together', async () => {
      const puts = Array.from({ length: 10 }, (_, seed) =>
        store.put(aManifest({ seed }), { 'seed.bin': new Uint8Array([seed]) }),
      );
      const results = await Promise.allSettled(puts);
      const won = results.findIndex(({ status }) => status === 'fulfilled');
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await store.manifest('1-abcdef')).seed).toBe(won);
      expect([...(await store.load('1-abcdef', 'seed.bin'))]).toEqual([won]);
    });

    test('what is not there is ARTIFACT_NOT_FOUND', async () => {
      await expect(store.manifest('7-abcdef')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      await expect(store.load('7-abcdef', 'factors.f32')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      await store.put(aManifest(), someFiles());
      for (const file of ['users.u8', 'toString']) {
        await expect(store.load('1-abcdef', file)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      }
      await tamper('1-abcdef', 'factors.f32', () => undefined);
      await expect(store.load('1-abcdef', 'factors.f32')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    });

    test('a version without its manifest is not there', async () => {
      await store.put(aManifest(), someFiles());
      await tamper('1-abcdef', 'manifest.json', () => undefined);
      await expect(store.load('1-abcdef', 'factors.f32')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    });

    test('a flip of any byte of a file is ARTIFACT_CORRUPT', async () => {
      await store.put(aManifest(), someFiles());
      for (let place = 0; place < 32; place++) {
        await tamper('1-abcdef', 'factors.f32', flip(place));
        await expect(store.load('1-abcdef', 'factors.f32')).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
        await tamper('1-abcdef', 'factors.f32', flip(place));
      }
      expect((await store.load('1-abcdef', 'factors.f32')).length).toBe(32);
    });

    test('a file cut at any length, or one byte too long, is ARTIFACT_CORRUPT', async () => {
      await store.put(aManifest(), someFiles());
      await tamper('1-abcdef', 'factors.f32', (bytes) => new Uint8Array([...bytes, 0]));
      for (let length = 32; length >= 0; length--) {
        await expect(store.load('1-abcdef', 'factors.f32')).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
        await tamper('1-abcdef', 'factors.f32', (bytes) => bytes.slice(0, length - 1 < 0 ? 0 : length - 1));
      }
    });

    test('a manifest that was cut, or is that of another version, is ARTIFACT_CORRUPT', async () => {
      await store.put(aManifest(), someFiles());
      await store.put(aManifest({ version: '2-bbbbbb' }), someFiles());
      await tamper('1-abcdef', 'manifest.json', (bytes) => bytes.slice(0, -1));
      await tamper('2-bbbbbb', 'manifest.json', renamed);
      for (const version of ['1-abcdef', '2-bbbbbb']) {
        await expect(store.manifest(version)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
      }
    });

    test('names that lead elsewhere are refused before anything is touched', async () => {
      const bad = [
        '',
        '.',
        '..',
        '../1-abcdef',
        '1/..',
        '/etc',
        '.incoming',
        'a\0b',
        'a\\b',
        '%2e%2e/',
        'x'.repeat(101),
      ];
      await store.put(aManifest(), someFiles());
      for (const name of bad) {
        const calls = [
          store.put(aManifest({ version: name }), {}),
          store.put(aManifest({ version: '5-abcdef' }), { [name]: new Uint8Array(1) }),
          store.manifest(name),
          store.load(name, 'factors.f32'),
          store.load('1-abcdef', name),
        ];
        for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      }
      const overManifest = store.put(aManifest({ version: '5-abcdef' }), { 'manifest.json': new Uint8Array(1) });
      await expect(overManifest).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      await expect(store.manifest('5-abcdef')).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    });
  });
}
