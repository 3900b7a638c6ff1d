import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBodyPlainly, decodeReceiptsPlainly } from '../testing/decode-receipts-plainly.ts';
import { aReceipt, aReceiptBody } from '../testing/receipt-builders.ts';
import { fallbackReasons, fallbackRungs, outcomes } from './answer.ts';
import { fromFloat16, toFloat16 } from './float16.ts';
import { ageMax } from './age-rating.ts';
import { rulesMax } from './job.ts';
import { tracks } from './plan.ts';
import { decodeReceiptBatch, ReceiptBatchWriter } from './receipt-batch.ts';
import { decodeReceiptBody, encodeReceiptBody } from './receipt-body.ts';
import { itemSources } from './item-source.ts';
import type { Receipt, ReceiptBody } from './receipt.ts';

const half = fc.double({ min: -70_000, max: 70_000, noNaN: true }).map((score) => fromFloat16(toFloat16(score)) + 0);
const index = fc.nat({ max: 2 ** 24 - 1 });
const item = fc.record(
  {
    index,
    score: half,
    source: fc.constantFrom(...itemSources),
    foretold: fc.integer({ min: 1, max: 255 }).map((steps) => steps / 50),
  },
  { requiredKeys: ['index', 'score', 'source'] },
);
const anyList: fc.Arbitrary<ReceiptBody['list']> = fc.oneof(
  fc.record({ form: fc.constant('indices' as const), items: fc.array(item, { maxLength: 30 }) }),
  fc.record({ form: fc.constant('ready' as const), group: fc.nat({ max: 255 }), count: fc.nat({ max: 1_000 }) }),
  fc.record({
    form: fc.constant('text' as const),
    items: fc.array(fc.record({ id: fc.string({ unit: 'grapheme' }), score: half }), { maxLength: 10 }),
  }),
);
const evidence = fc.record({ index, minutes: fc.nat({ max: 65_535 }), rating: fc.nat({ max: 254 }).map((n) => n / 2) });
const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const oddEvidence = fc.record({ index, minutes: amount, rating: amount });
const ascending = fc.uniqueArray(index, { maxLength: 50 }).map((places) => places.toSorted((a, b) => a - b));
const rules = fc.record(
  {
    count: fc.integer({ min: 1, max: 1_000 }),
    offset: fc.nat({ max: rulesMax.offset }),
    exclude: ascending,
    genres: fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: rulesMax.genres }),
    maxAge: fc.nat({ max: ageMax }),
    includeSeen: fc.boolean(),
  },
  { requiredKeys: ['count', 'offset', 'exclude', 'genres', 'includeSeen'] },
);
const anyBody: fc.Arbitrary<ReceiptBody> = fc.record(
  {
    list: anyList,
    seed: fc.nat({ max: 2 ** 32 - 1 }),
    propensity: half,
    explorationShare: fc.double({ min: 0, max: 1, noNaN: true }),
    kernelBuild: fc.constantFrom('', '0000000f', 'ffffffff', '1a2b3c4d'),
    rules,
    history: fc.oneof(fc.array(evidence, { maxLength: 100 }), fc.array(oddEvidence, { maxLength: 5 })),
    seen: ascending,
  },
  { requiredKeys: ['list', 'seed', 'propensity', 'kernelBuild', 'history', 'seen'] },
);
const orNull = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.constantFrom(null, ...values);
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const anyReceipt: fc.Arbitrary<Receipt> = fc.record({
  requestId: fc.uuid(),
  userId: fc.nat({ max: 2 ** 31 - 1 }),
  timeMs: fc.integer({ min: baseMs() - 100_000, max: baseMs() + 100_000 }),
  track: fc.constantFrom(...tracks),
  outcome: fc.constantFrom(...outcomes),
  rung: orNull(fallbackRungs),
  reason: orNull(fallbackReasons),
  latencyMs: fc.nat({ max: 10_000 }).map((tenths) => tenths / 10),
  workMs: fc.option(fc.nat({ max: 10_000 }).map((tenths) => tenths / 10)),
  shown: fc.nat({ max: 1_000 }),
  repeats: fc.option(fc.uuid()),
  history: fc.option(fc.record({ items: fc.nat({ max: 500 }), version: whole })),
  listHash: fc.option(fc.integer({ min: 1, max: 2 ** 48 - 1 })),
  build: fc.constantFrom(
    { modelVersion: null, dataVersion: '', commit: 'unknown' },
    { modelVersion: '1-aaaaaa', dataVersion: 'd'.repeat(64), commit: 'c' },
    { modelVersion: '2-bbbbbb', dataVersion: '漢字', commit: 'c' },
  ),
  body: anyBody.map(encodeReceiptBody),
});

function baseMs(): number {
  return 1_800_000_000_000;
}

function encode(receipts: Receipt[]): Uint8Array {
  const writer = new ReceiptBatchWriter(baseMs());
  for (const { build, body, ...head } of receipts) writer.add(head, build.modelVersion, body);
  const builds = writer.versions.map((version) => receipts.find(({ build }) => build.modelVersion === version)?.build);
  return writer.seal(builds.filter((build) => build !== undefined));
}

describe('a batch of receipts', () => {
  test('comes back as it was, and its twin reads the same', () => {
    fc.assert(
      fc.property(fc.array(anyReceipt, { maxLength: 20 }), (receipts) => {
        const bytes = encode(receipts);
        expect(decodeReceiptBatch(bytes)).toEqual(receipts);
        expect(decodeReceiptsPlainly(bytes)).toEqual(receipts);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused when it is cut short, at every byte, and when bytes follow', () => {
    const bytes = encode([aReceipt(1), aReceipt(2)]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeReceiptBatch(bytes.subarray(0, length))).toThrow();
    }
    expect(() => decodeReceiptBatch(Uint8Array.of(...bytes, 0))).toThrow('too many');
    expect(() => decodeReceiptBatch(Uint8Array.of(4, ...bytes.subarray(1)))).toThrow('format 4');
  });

  test('that was made before lists had hashes is read all the same', () => {
    const [build] = [{ modelVersion: null, dataVersion: '', commit: '' }];
    const receipt = aReceipt(0, { listHash: null, workMs: null, build, body: Uint8Array.of() });
    const bytes = [...encode([receipt])];
    // Behind format, base, one empty build, their numbers, and the receipt up to what was shown.
    const hashAt = bytes.length - 1 - 3 - 6;
    expect(bytes.slice(hashAt, hashAt + 6)).toEqual([0, 0, 0, 0, 0, 0]);
    const former = Uint8Array.from([1, ...bytes.toSpliced(hashAt, 6).slice(1)]);
    expect(decodeReceiptBatch(former)).toEqual([receipt]);
  });

  test('that was made before the time of the work was told is read all the same', () => {
    const receipt = aReceipt(0, { workMs: null });
    const bytes = encode([receipt]);
    expect(decodeReceiptBatch(Uint8Array.of(2, ...bytes.subarray(1)))).toEqual([receipt]);
  });

  test('any bytes are a batch or an error, never a hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decodeReceiptBatch(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  test('costs at most 150 bytes a receipt of 20 items without history, dictionary included, also when it repeats another', () => {
    const receipts = Array.from({ length: 200 }, (_, at) =>
      aReceipt(at, { outcome: at % 2 ? 'model' : 'cache', repeats: at % 2 ? null : aReceipt(at + 1_000).requestId }),
    );
    const bytes = encode(receipts).length;
    expect(bytes).toBeGreaterThan(200 * 100);
    expect(bytes).toBeLessThanOrEqual(200 * 150);
  });
});

const someRules = { count: 5, offset: 2, exclude: [3, 900], genres: ['Drama'], includeSeen: true };

const plainBody = { seed: 0, propensity: 1, kernelBuild: '', history: [], seen: [] };
/** Bytes of the first program that wrote bodies: such stand in ledgers. */
const writtenBefore: { name: string; hex: string; body: ReceiptBody }[] = [
  {
    name: 'personal',
    hex: '10025265b8402112a43e00efcdab89',
    body: {
      ...plainBody,
      kernelBuild: '89abcdef',
      list: {
        form: 'indices',
        items: [
          { index: 25_938, score: 2.359375, source: 'personal' },
          { index: 4_641, score: 1.66015625, source: 'personal' },
        ],
      },
    },
  },
  {
    name: 'with history',
    hex: '710171110100b801cdab2301020500005a0009000002ffff000302aa0201',
    body: {
      ...plainBody,
      kernelBuild: '0123abcd',
      list: { form: 'indices', items: [{ index: 70_001, score: -0.5, source: 'prior' }] },
      history: [
        { index: 5, minutes: 90, rating: 4.5 },
        { index: 131_072, minutes: 65_535, rating: 0 },
      ],
      seen: [2, 300, 301],
    },
  },
  {
    name: 'mixed sources, explored',
    hex: '0c02010000410200003e000207000000ae27',
    body: {
      ...plainBody,
      seed: 7,
      propensity: 0.029998779296875,
      list: {
        form: 'indices',
        items: [
          { index: 1, score: 2.5, source: 'personal' },
          { index: 2, score: 1.5, source: 'exploration' },
        ],
      },
    },
  },
  { name: 'ready list', hex: '020314', body: { ...plainBody, list: { form: 'ready', group: 3, count: 20 } } },
  {
    name: 'text',
    hex: '030109686561742b313939350041',
    body: { ...plainBody, list: { form: 'text', items: [{ id: 'heat+1995', score: 2.5 }] } },
  },
];

describe('the body of a receipt', () => {
  test('comes back as it was, and its twin reads the same', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const bytes = encodeReceiptBody(body);
        expect(decodeReceiptBody(bytes)).toEqual(body);
        expect(decodeBodyPlainly(bytes)).toEqual(body);
      }),
      { numRuns: 500 },
    );
  });

  test('costs six bytes for each item of the history', () => {
    const history = Array.from({ length: 100 }, (_, at) => ({ index: at * 200, minutes: at, rating: at % 6 }));
    const [without, full] = [aReceiptBody(), aReceiptBody({ history })].map((body) => encodeReceiptBody(body).length);
    expect(full - without).toBe(6 * 100 + 1);
  });

  test.each(writtenBefore)('of bytes that earlier programs wrote is read as it was: $name', ({ hex, body }) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(decodeReceiptBody(bytes)).toEqual(body);
    expect(decodeBodyPlainly(bytes)).toEqual(body);
    // A check that nothing else is read from other bytes.
    const changed = decodeBodyPlainly(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));
    expect(changed).not.toEqual(body);
  });

  test.each([
    [5, 0.02],
    [10, 0.04],
    [100, 0.4],
  ])('expected ratings up to %d points are right to half a step of %d, and none stays none', (most, step) => {
    const points = [most, most / 3, 0.7, undefined, 1.23, -1].map((foretold) => ({ foretold }));
    const items = points.map(({ foretold }, at) => ({ index: at, score: 1, source: 'personal' as const, foretold }));
    const { list } = decodeReceiptBody(encodeReceiptBody(aReceiptBody({ list: { form: 'indices', items } })));
    const read = list.form === 'indices' ? list.items.map(({ foretold }) => foretold) : [];
    for (const at of [0, 1, 2, 4])
      expect(Math.abs((read[at] ?? 0) - (items[at].foretold ?? 0))).toBeLessThanOrEqual(step / 2 + 1e-9);
    expect(read[3]).toBeUndefined();
    expect(read[5]).toBeCloseTo(step);
  });

  test('expected ratings cost a byte an item and two more; without any, and without rules, nothing', () => {
    const items = Array.from({ length: 20 }, (_, index) => ({ index, score: 1, source: 'personal' as const }));
    const rated = items.map((item) => ({ ...item, foretold: 3.5 }));
    const [without, full] = [items, rated].map(
      (list) => encodeReceiptBody(aReceiptBody({ list: { form: 'indices', items: list } })).length,
    );
    expect(full - without).toBe(20 + 2);
  });

  test('with parts that this program does not know is refused, not misread', () => {
    const bytes = encodeReceiptBody(aReceiptBody({ rules: someRules }));
    expect(decodeReceiptBody(bytes).rules).toEqual(someRules);
    expect(() => decodeReceiptBody(bytes.map((byte, at) => (at === 1 ? byte | 64 : byte)))).toThrow('this program');
    const unknown = { ...someRules, fromTomorrow: 1 };
    expect(() => decodeReceiptBody(encodeReceiptBody(aReceiptBody({ rules: unknown })))).toThrow('fromTomorrow');
  });

  test('two lists that differ in one place have other bytes: the check sees a swap', () => {
    const swapped = aReceiptBody();
    if (swapped.list.form === 'indices') swapped.list.items.reverse();
    expect(decodeBodyPlainly(encodeReceiptBody(swapped))).not.toEqual(aReceiptBody());
  });
});

test('half precision is that of the platform, for every pattern and for what lies between two', () => {
  const view = new DataView(new ArrayBuffer(2));
  for (let bits = 0; bits < 2 ** 16; bits++) {
    if ((bits & 0x7c00) === 0x7c00) continue;
    view.setUint16(0, bits);
    const value = view.getFloat16(0);
    expect(fromFloat16(bits)).toBe(value);
    expect(toFloat16(value)).toBe(bits);
    view.setFloat16(0, value * 1.000_3 + 1e-9);
    if (Math.abs(value) < 65_000) expect(toFloat16(value * 1.000_3 + 1e-9)).toBe(view.getUint16(0));
  }
  expect([Infinity, -Infinity, 1e9, NaN].map((value) => fromFloat16(toFloat16(value)))).toEqual([
    65_504, -65_504, 65_504, 0,
  ]);
});
