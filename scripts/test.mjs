// `npm test`: all tests, then the plain closing line. Arguments go to vitest (a path, -t "title").
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root, runNode } from './toolchain.mjs';

ensureInstalled();
const folder = mkdtempSync(join(tmpdir(), 'reelay-test-'));
const report = join(folder, 'report.json');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const code = await runNode([vitest, 'run', ...reporters, ...process.argv.slice(2)], { cwd: root });
const closing = closingLine();
process.exitCode = code || closing;
rmSync(folder, { recursive: true, force: true });

function closingLine() {
  const result = readReport();
  if (!result) {
    console.log('0 passed, 1 failed');
    return 1;
  }
  // A file that could not be loaded has no test in the counts; it is a failure all the same.
  const unloaded = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = result.numFailedTests + unloaded;
  const skipped = result.numPendingTests > 0 ? `, ${result.numPendingTests} skipped` : '';
  console.log(`${result.numPassedTests} passed, ${failed} failed${skipped}`);
  return failed > 0 || result.numPassedTests === 0 ? 1 : 0;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}
