import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** numpy 2 does not load the compiled parts of scikit-surprise 1.1. */
const packages = ['numpy<2', 'scipy', 'implicit', 'scikit-surprise'];

/** A Python with the peers in it; made in `folder` unless it is there already. Takes minutes where packages have to be compiled. */
export async function makePeers(folder: string, python: string): Promise<string> {
  const own = join(folder, 'bin/python');
  if (!existsSync(own)) await run(python, ['-m', 'venv', folder]);
  const there = await run(own, ['-c', 'import implicit, surprise']).then(
    () => true,
    () => false,
  );
  if (!there) await run(own, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1 << 26 });
  return own;
}
