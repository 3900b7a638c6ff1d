// `npm run check`: format, lint, types, boundaries, dead code. Ends with the first code that is not 0, after all have run.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { ensureInstalled, findNode, root } from './toolchain.mjs';

ensureInstalled();
const bin = join(root, 'node_modules/.bin');
const env = { ...process.env, PATH: [dirname(findNode()), bin, process.env.PATH].join(':') };
const steps = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings', '.']],
  ['types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['boundaries', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'services', 'infra/native']],
  ['dead code', 'knip', []],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const started = Date.now();
  const { status } = spawnSync(join(bin, command), args, { cwd: root, env, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  failed ||= status ?? 1;
}
process.exitCode = failed;
