/**
 * `npm run fuzz -- --lines 10000000 --seed 7`: the quick parser against its slow twin. Prints what was compared; the exit code is 1
 * when a line was parsed differently or threw.
 */
import { parseArgs } from 'node:util';
import { compareParsers } from './compare-parsers.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [lines, seed] = [values.lines, values.seed].map(Number) as [number, number];
if (!Number.isSafeInteger(lines) || lines < 1 || !Number.isSafeInteger(seed)) {
  console.error('--lines and --seed are whole numbers');
  process.exit(2);
}
console.error(`${lines} lines, seed ${seed}`);
const startedAt = process.hrtime.bigint();
const seconds = (): number => Number(process.hrtime.bigint() - startedAt) / 1e9;
const result = compareParsers({
  lines,
  seed,
  onProgress(done) {
    if (done % 1_000_000 === 0) console.error(`${done} lines, ${Math.round(done / seconds())} a second`);
  },
});
console.log(JSON.stringify({ seed, seconds: Math.round(seconds()), ...result }, null, 2));
process.exitCode = result.throws + result.differences === 0 ? 0 : 1;
