import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const rooms = ['packages', 'services', 'infra/native'];

interface Summary {
  totalCruised: number;
  violations: { rule: { name: string }; from: string }[];
}

function cruise(folder: string): Summary {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms];
  const { stdout } = spawnSync(process.execPath, [program, ...args], { cwd: folder, maxBuffer: 1e8 });
  return (JSON.parse(stdout.toString()) as { summary: Summary }).summary;
}

/** Wrong imports by the rule that forbids them, each in a room where it is wrong. */
const planted: Record<string, { file: string; code: string }> = {
  'a-service-never-imports-another': {
    file: 'services/gateway/src/planted.ts',
    code: `import '../../trainer/src/index.ts';`,
  },
  'all-in-one-enters-by-the-door': {
    file: 'services/all-in-one/src/planted.ts',
    code: `import '../../trainer/src/service.ts';`,
  },
  'packages-know-no-service': {
    file: 'packages/shared/src/testing/planted.ts',
    code: `import '../../../../services/gateway/src/index.ts';`,
  },
  'runtime-imports-contracts-alone': {
    file: 'packages/shared/src/runtime/planted.ts',
    code: `import '../messaging/index.ts';`,
  },
  'drivers-stay-in-their-adapter': {
    file: 'packages/shared/src/storage/planted.ts',
    code: `import 'ioredis';`,
  },
};

let copy = '';
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'reelay-boundaries-'));
  for (const entry of [...rooms, '.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json']) {
    await cp(join(root, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, code } of Object.values(planted)) await writeFile(join(copy, file), `${code}\n`);
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** More than a thousand modules are read, beside whatever else runs. */
const readWithinMs = 60_000;

test(
  'every import follows an arrow of the architecture',
  () => {
    const { totalCruised, violations } = cruise(root);
    expect(totalCruised).toBeGreaterThan(100);
    expect(violations).toEqual([]);
  },
  readWithinMs,
);

test(
  'a planted import against each kind of arrow is found',
  () => {
    const found = cruise(copy).violations.map(({ rule, from }) => `${rule.name} ${from}`);
    expect(found).toEqual(expect.arrayContaining(Object.entries(planted).map(([rule, { file }]) => `${rule} ${file}`)));
  },
  readWithinMs,
);
