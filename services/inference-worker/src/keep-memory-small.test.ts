import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const file = join(import.meta.dirname, 'keep-memory-small.ts');

/** In a process of its own: the setting holds for a whole process. Prints what is left of a WebAssembly memory before and after. */
const program = `
  import { keepMemorySmall } from ${JSON.stringify(file)};
  const collect = keepMemorySmall();
  let gone = false;
  const registry = new FinalizationRegistry(() => (gone = true));
  (() => registry.register(new WebAssembly.Memory({ initial: 100, maximum: 100 }), 0))();
  const turns = async () => {
    for (let turn = 0; turn < 200 && !gone; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  await turns();
  const before = gone;
  collect();
  await turns();
  console.log(before, gone);
`;

test('a memory that nobody holds is gone after a collection, and not before', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  expect([stdout.trim(), stderr]).toEqual(['false true', '']);
});
