import { quarantineReasons, type Parsed } from '@reelay/shared/contracts';
import { describe, expect, test } from 'vitest';
import { createLineParser, type LineParser, type ParseLimits } from '../parse-line.ts';
import { compareParsers } from './compare-parsers.ts';

const refuse: Parsed = { ok: false, reason: 'MOVIE_ID' };

/** A parser that looks at the answer of the right one, and gets one thing wrong. */
const wrong =
  (change: (parsed: Parsed, line: Uint8Array) => Parsed) =>
  (limits: ParseLimits): LineParser => {
    const parse = createLineParser(limits);
    return (line) => change(parse(line), line);
  };

const forgetful: [rule: string, (limits: ParseLimits) => LineParser][] = [
  ['the rating scale', (limits) => createLineParser({ ...limits, ratingMax: 100 })],
  ['the range of users', (limits) => createLineParser({ ...limits, userIdMax: 2 ** 31 - 1 })],
  ['the zone', (limits) => createLineParser({ ...limits, zone: 'UTC' })],
  ['that ids may hold percent codes', wrong((parsed, line) => (line.includes(0x25) ? refuse : parsed))],
  [
    'the milliseconds',
    wrong((parsed) =>
      parsed.ok && parsed.event.kind === 'recommendation'
        ? { ok: true, event: { ...parsed.event, millisecond: 0 } }
        : parsed,
    ),
  ],
  [
    'to answer at all',
    wrong((parsed) => {
      if (!parsed.ok && parsed.reason === 'ENCODING') throw new Error('cannot read this');
      return parsed;
    }),
  ],
];

describe('the parser and its slow twin', () => {
  test('say the same of 200,000 lines of all kinds and years, whole and damaged', () => {
    const result = compareParsers({ lines: 200_000, seed: 20_310_506 });
    expect(result).toMatchObject({ lines: 200_000, throws: 0, differences: 0, examples: [] });
    expect(result.damaged).toBeGreaterThan(90_000);
    const all = ['watch', 'rate', 'recommendation', 'account', ...quarantineReasons];
    expect(all.filter((verdict) => (result.verdicts[verdict] ?? 0) < 10)).toEqual([]);
  });

  test.each(forgetful)('a parser that forgets %s is told', (_rule, createParser) => {
    const { differences, examples } = compareParsers({ lines: 20_000, seed: 3, createParser });
    expect(differences).toBeGreaterThan(0);
    expect(examples.length).toBeGreaterThan(0);
  });
});
