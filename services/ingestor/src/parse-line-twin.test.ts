import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineParser, defaultLimits, parseLine } from './parse-line.ts';
import { parseSlowly } from './testing/parse-slowly.ts';
import { bytes, clean, dirty, requests } from './testing/sample-lines.ts';

const seeds = [...clean, ...requests]
  .map(([, line]) => line)
  .concat(dirty.map(([line]) => line).filter((line) => line.length < 400));
/** Cuts, insertions and replacements, as bytes; half of the inserted ones are characters that the grammar knows. */
const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.oneof(fc.nat(255), fc.constantFrom(...bytes(', /=:.-+ 0159GETmspg')))), {
      maxLength: 3,
    }),
  )
  .map(([line, edits]) => {
    const result = [...bytes(line)];
    for (const [place, removed, byte] of edits) result.splice(place % (result.length + 1), removed, byte);
    return Uint8Array.from(result);
  });

describe('against a second parser that is right at sight', () => {
  test('both say the same of damaged lines', () => {
    const seen = { ok: 0, refused: 0 };
    fc.assert(
      fc.property(mutated, (line) => {
        const parsed = parseLine(line);
        seen[parsed.ok ? 'ok' : 'refused'] += 1;
        expect(parsed).toEqual(parseSlowly(line, defaultLimits));
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(seen.ok).toBeGreaterThan(1_000);
    expect(seen.refused).toBeGreaterThan(1_000);
  });

  test('the comparison notices a parser that forgets a rule', () => {
    const forgetful = createLineParser({ ...defaultLimits, ratingMax: 6 });
    const different = fc.check(
      fc.property(mutated, (line) => {
        expect(forgetful(line)).toEqual(parseSlowly(line, defaultLimits));
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(different.failed).toBe(true);
  });

  test('any bytes get a verdict', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (line) => {
        expect(parseLine(line)).toEqual(parseSlowly(line, defaultLimits));
      }),
      { numRuns: 5_000 },
    );
  });
});
