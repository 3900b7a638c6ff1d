import { encodeReceiptBody, type Receipt, type ReceiptBody } from '../contracts/index.ts';

/** A UUIDv7 of this time, as a gateway makes them; `number` tells apart those of one millisecond. */
export function aRequestId(number: number, timeMs = 1_714_521_600_000): string {
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export const aReceiptBody = (change: Partial<ReceiptBody> = {}): ReceiptBody => ({
  list: {
    form: 'indices',
    items: Array.from({ length: 20 }, (_, at) => ({ index: 26_000 - at * 7, score: 3 - at / 8, source: 'personal' })),
  },
  seed: 0,
  propensity: 1,
  kernelBuild: '0123abcd',
  history: [],
  seen: [],
  ...change,
});

export const aReceipt = (number: number, change: Partial<Receipt> = {}): Receipt => ({
  requestId: aRequestId(number),
  userId: 876_543,
  timeMs: 1_714_521_600_000 + number,
  track: 'stable',
  outcome: 'model',
  rung: null,
  reason: null,
  latencyMs: 12.3,
  workMs: 10.1,
  shown: 20,
  repeats: null,
  history: { items: 40, version: 1_234 },
  listHash: 0x1234_5678_9abc,
  build: { modelVersion: '17-3fa9c1', dataVersion: 'd'.repeat(64), commit: 'c'.repeat(40) },
  body: encodeReceiptBody(aReceiptBody()),
  ...change,
});
