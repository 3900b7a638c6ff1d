/** Copies every version of a store again and again, until it is killed; says so after each. Run by a test. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openArtifactStore } from '../open.ts';

const [store, cacheFolder] = process.argv.slice(2);
const artifacts = await openArtifactStore(`file:${store}`, { cacheFolder });
const versions = (await readdir(store)).filter((name) => !name.startsWith('.'));
for (let at = 0; ; at++) {
  const version = versions[at % versions.length];
  await artifacts.load(version, 'factors.f32');
  process.stdout.write(`${version}\n`);
  if (at % 2 === 0) await takeAway(join(cacheFolder, version));
}

/** A folder into which the other process writes at this moment cannot be removed (`ENOTEMPTY`); any other failure ends the program. */
async function takeAway(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  });
}
