// Runs a TypeScript file of the repository with the right Node: `node scripts/with-node.mjs path/to/file.ts …`.
import { join } from 'node:path';
import { ensureInstalled, root, runNode } from './toolchain.mjs';

const [file, ...rest] = process.argv.slice(2);
ensureInstalled();
process.exitCode = await runNode([join(root, file), ...rest]);
