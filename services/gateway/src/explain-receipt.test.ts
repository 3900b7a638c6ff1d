import { artifactFiles, encodeReceiptBody, provenance } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import { aReceipt, aReceiptBody, tinyModel } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createReceiptExplainer } from './explain-receipt.ts';

const { files, catalogue } = tinyModel({ version: '1-aaaaaa' });
const build = { modelVersion: '1-aaaaaa', dataVersion: 'd', commit: 'c' };
const rules = { count: 2, offset: 1, exclude: [3, 8], genres: ['Drama'], includeSeen: true };
const items = [
  { index: 7, score: 2, source: 'factors' as const, foretold: 4.5 },
  { index: 9, score: 1, source: 'exploration' as const },
];
const body = encodeReceiptBody(
  aReceiptBody({ list: { form: 'indices', items }, rules, seed: 5, propensity: 0.5, explorationShare: 0.02 }),
);
const receipt = aReceipt(1, { build, body, shown: 2 });

test('rules, expected ratings and drawn places are told, items by their text ids', async () => {
  const explain = createReceiptExplainer({ load: async (_version, file) => files[file] });
  const explained = provenance.parse(await explain(receipt));
  const idAt = (index: number): string => catalogue[index].id;
  expect(explained).toMatchObject({ seed: 5, propensity: 0.5, explorationShare: 0.02 });
  expect(explained.rules).toEqual({ ...rules, exclude: [idAt(3), idAt(8)] });
  expect(explained.items).toEqual([
    { id: idAt(7), index: 7, score: 2, source: 'factors', foretold: 4.5 },
    { id: idAt(9), index: 9, score: 1, source: 'exploration', foretold: null },
  ]);
});

test('files of a version are read once for many receipts, and again when they could not be read', async () => {
  const reads: string[] = [];
  let away = true;
  const explain = createReceiptExplainer({
    async load(_version, file) {
      reads.push(file);
      if (away) throw new AppError('ARTIFACT_NOT_FOUND', file);
      return files[file];
    },
  });
  const ready = encodeReceiptBody(aReceiptBody({ list: { form: 'ready', group: 0, count: 5 } }));
  const both = [receipt, aReceipt(2, { build, body: ready, shown: 5 })];
  for (const one of both) expect((await explain(one)).items[0]?.id ?? null).toBeNull();
  away = false;
  reads.length = 0;
  const shown = [];
  for (const one of [...both, ...both, ...both]) shown.push((await explain(one)).items[0].id);
  expect(new Set(shown)).toEqual(new Set([catalogue[7].id, catalogue[0].id]));
  expect(reads).toEqual([artifactFiles.catalogue, artifactFiles.fallback]);
});

test('a plain list has no rules, and a version that is gone leaves the places', async () => {
  const gone = () => Promise.reject(new AppError('ARTIFACT_NOT_FOUND', artifactFiles.catalogue));
  const explain = createReceiptExplainer({ load: gone });
  expect(await explain(aReceipt(2))).toMatchObject({ rules: null, explorationShare: null });
  const { items: left, rules: kept } = await explain(receipt);
  expect(left.map(({ id, index }) => [id, index])).toEqual([[null, 7], [null, 9]]); // prettier-ignore
  expect(kept?.exclude).toEqual(['#3', '#8']);
});
