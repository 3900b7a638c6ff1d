import { expect, test } from 'vitest';
import { decodeReceiptBody, type ReceiptBody } from '@reelay/shared/contracts';
import { traceOf } from './write-trace.ts';

const body = (items: number): ReceiptBody => ({
  list: { form: 'indices', items: Array.from({ length: items }, (_, index) => ({ index, score: 1, source: 'prior' })) },
  seed: 0,
  propensity: 1,
  kernelBuild: '01020304',
  history: [{ index: 3, minutes: 20, rating: 3.5 }],
  seen: [1, 2, 3],
});
const read = (trace: string): ReceiptBody => decodeReceiptBody(Buffer.from(trace, 'base64'));

test('a trace is its own receipt, before and after the memory has grown for a long one', () => {
  const sizes = [20, 1_000, 5, 3_000, 20];
  const traces = sizes.map((items) => traceOf(body(items)));
  expect(traces.map(read)).toEqual(sizes.map(body));
  expect(traces[0]).toBe(traces[4]);
});
