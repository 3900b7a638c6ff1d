import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainJob, recommendJob } from './job.ts';

const plain = { requestId: 'a', userId: 7, modelVersion: '1-000001', count: 20, replyTo: 'gateway' };

/** Jobs with one field or two of another kind. */
const someJobs = () => {
  const odd = fc.constantFrom<unknown>(
    undefined,
    null,
    0,
    -1,
    1.5,
    1_000,
    1_001,
    2 ** 53,
    Number.NaN,
    '',
    'x',
    {},
    [],
    true,
  );
  const field = fc.constantFrom(...Object.keys(plain), 'rules', 'enquiry', 'other');
  return fc
    .array(fc.tuple(field, odd), { maxLength: 2 })
    .map((changes) => ({ ...plain, ...Object.fromEntries(changes) }));
};

const contradictions = (check: (job: unknown) => boolean): number =>
  fc
    .sample(fc.oneof(someJobs(), fc.anything()), { numRuns: 5_000, seed: 3 })
    .filter((job) => check(job) && !recommendJob.safeParse(job).success).length;

test('what is taken for a plain job by hand is one by the schema, too', () => {
  expect(isPlainJob(plain)).toBe(true);
  expect(isPlainJob({ ...plain, rules: { offset: 1, exclude: [], genres: [], includeSeen: false } })).toBe(false);
  expect(contradictions(isPlainJob)).toBe(0);
});

test.each<[string, Partial<Record<string, unknown>>]>([
  ['a user that is no whole number', { userId: 1.5 }],
  ['a list that is too long', { count: 1_001 }],
  ['an address that is no text', { replyTo: 7 }],
])('planted fault: the same check finds %s', (_fault, change) => {
  const [[name, value]] = Object.entries(change);
  const spoilt = (job: unknown): boolean => {
    const given = job as Record<string, unknown> | null;
    return isPlainJob(job) || (given?.[name] !== undefined && isPlainJob({ ...given, [name]: (plain as never)[name] }));
  };
  expect(isPlainJob({ ...plain, [name]: value })).toBe(false);
  expect(contradictions(spoilt)).toBeGreaterThan(0);
});
