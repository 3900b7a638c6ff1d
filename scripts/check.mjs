// `npm run check`: format, lint, types, boundaries, OpenAPI document, dead code. Ends with the first code that is not 0, after all have run.
import { spawnSync } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { ensureInstalled, findNode, root } from './toolchain.mjs';

ensureInstalled();
const bin = join(root, 'node_modules/.bin');
const env = { ...process.env, PATH: [dirname(findNode()), bin, process.env.PATH].join(':') };
const steps = [
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings', '.'] },
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'boundaries',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', 'packages', 'services', 'infra/native'],
  },
  { name: 'OpenAPI document', command: findNode(), args: [join(root, 'scripts/lint-openapi.mjs')] },
  { name: 'dead code', command: 'knip', args: [] },
];

let failed = 0;
for (const { name, command, args } of steps) {
  const started = Date.now();
  const { status } = spawnSync(isAbsolute(command) ? command : join(bin, command), args, {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  failed ||= status ?? 1;
}
process.exitCode = failed;
