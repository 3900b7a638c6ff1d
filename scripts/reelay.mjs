#!/usr/bin/env node
// The command line `reelay`: installs what is missing, finds a Node that runs TypeScript, and hands over.
import { join } from 'node:path';
import { ensureInstalled, root, runNode } from './toolchain.mjs';

ensureInstalled();
process.exitCode = await runNode([join(root, 'services/all-in-one/src/main.ts'), ...process.argv.slice(2)]);
