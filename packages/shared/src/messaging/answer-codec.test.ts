import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer as answerSchema, type Answer } from '../contracts/index.ts';
import { decodeAnswer, encodeAnswer } from './answer-codec.ts';

const whole: Answer = {
  requestId: '019a5b3c-0000-7000-8000-000000000001',
  userId: 42,
  modelVersion: '1-aaaaaa',
  history: { items: 3, version: 9 },
  items: [
    { id: 'the+„first“+1999', score: 0.1 + 0.2 },
    { id: 'second+2001', score: -1e-300 },
  ],
  trace: 'AAEC',
};

test('an answer comes back as it was, to the last bit of its scores', () => {
  for (const answer of [
    whole,
    { ...whole, trace: undefined },
    { ...whole, items: [], problem: 'HISTORY_LOST' as const },
    { ...whole, reasons: [['jaws+1975'], []] },
    { ...whole, told: { kind: 'vector' as const, vector: [0.1, -2] } },
  ]) {
    expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
  }
});

test('an answer travels as JSON with nothing between its parts, whatever its ids hold', () => {
  const odd = { ...whole, items: [{ id: 'a"b\\c\n\ud800', score: 1 }] };
  for (const answer of [whole, odd, { ...odd, trace: undefined, problem: 'HISTORY_LOST' as const }]) {
    const text = encodeAnswer(answer);
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(decodeAnswer(text)).toEqual(answer);
  }
});

test('what an earlier release wrote is read', () => {
  expect(decodeAnswer(JSON.stringify(whole))).toEqual(whole);
});

test('a text that is no answer counts as nothing', () => {
  const text = encodeAnswer(whole);
  const packed = JSON.parse(text) as unknown[];
  const changed = (at: number, value: unknown) => JSON.stringify(packed.with(at, value));
  const damaged = ['', '{}', '[]', '7', text.slice(0, -1), changed(1, '42'), changed(5, ['one']), changed(5, [1, 2])];
  expect(damaged.map(decodeAnswer)).toEqual(damaged.map(() => null));
  const notANumber = { ...whole, items: [{ id: 'a', score: Number.NaN }] };
  expect(decodeAnswer(encodeAnswer(notANumber))).toBeNull();
});

/** Any of these in any place of a packed answer. */
const oddities: unknown[] = [
  null,
  0,
  1,
  -1,
  1.5,
  2 ** 60,
  Number.MAX_SAFE_INTEGER,
  '',
  'x',
  'AAEC',
  '!',
  'A'.repeat(6_000),
  'A'.repeat(20_001),
  [],
  ['a'],
  ['a', 'b'],
  ['a', 1],
  {},
  true,
  'HISTORY_LOST',
  'AAAAAAAA+H8AAAAAAADwPw==',
  'AAAAAAAA8D8AAAAAAADwPw==',
];

test('what is read is what the schema lets through, whatever stands where', () => {
  const packed = JSON.parse(encodeAnswer(whole)) as unknown[];
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 9 }), fc.constantFrom(...oddities)), { maxLength: 3 }), (changes) => {
      const changed = packed.slice();
      for (const [at, value] of changes) changed[at] = value;
      const read = decodeAnswer(JSON.stringify(changed));
      if (read === null) return void seen.refused++;
      seen.read++;
      expect(answerSchema.parse(read)).toEqual(read);
      expect(read.items.map(({ id }) => id)).toEqual(changed[5]);
    }),
    {
      numRuns: 2_000,
      examples: oddities.flatMap((value) => packed.map((_, at) => [[[at, value]]] as [[number, unknown][]])),
    },
  );
  expect(seen.read).toBeGreaterThan(100);
  expect(seen.refused).toBeGreaterThan(100);
});

test('two answers do not share their scores, and as many as a list may have come back', () => {
  const long = { ...whole, items: Array.from({ length: 1_000 }, (_, at) => ({ id: `m+${at}`, score: at / 7 })) };
  const [first, second] = [encodeAnswer(long), encodeAnswer(whole)].map(decodeAnswer);
  expect([first, second]).toEqual([long, whole]);
  expect(() => encodeAnswer({ ...long, items: [...long.items, ...whole.items] })).toThrow('a list of 1002');
});
