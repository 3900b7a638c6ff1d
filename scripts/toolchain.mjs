// Plain JavaScript for old Node versions on purpose: this runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pnpm = 'pnpm@12.21.0';
const stampFile = join(root, 'node_modules', '.reelay-installed');

/** Installs from the frozen lockfile when what is installed is not what the lockfile says. */
export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  console.error('Installing packages from the lockfile (once) …');
  const result = spawnSync(
    'npx',
    ['--yes', pnpm, 'install', '--frozen-lockfile', '--ignore-scripts', '--reporter=silent'],
    {
      cwd: root,
      env: { ...process.env, CI: 'true' },
      stdio: ['ignore', 2, 'inherit'],
    },
  );
  if (result.status !== 0) {
    console.error(
      `The packages could not be installed (${result.error?.message ?? `code ${result.status}`}). Is the package registry reachable?`,
    );
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}

/** Node ≥ 22.22: the one from the lockfile where there is one for this machine, else the user's own. */
export function findNode() {
  for (const arch of ['x64', 'arm64']) {
    const candidate = join(root, 'node_modules', `node-linux-${arch}`, 'bin', 'node');
    if (process.platform === 'linux' && process.arch === arch && existsSync(candidate)) return candidate;
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 22)) return process.execPath;
  console.error(`Reelay needs Node 22.22 or newer; this is ${process.version}. Install Node 24 and try again.`);
  process.exit(1);
}

/** Flags for every Node process of ours; the client of the event log sets a negative timer, which Node 24 tells the user. */
export const nodeFlags = ['--disable-warning=TimeoutNegativeWarning', '--disable-warning=ExperimentalWarning'];

/** Runs `node …args` to its end, passes signals on, and ends with its exit code. */
export function runNode(args, { env = process.env, cwd = process.cwd() } = {}) {
  const node = findNode();
  const path = [dirname(node), join(root, 'node_modules', '.bin'), env.PATH].join(':');
  const child = spawn(node, [...nodeFlags, ...args], { cwd, stdio: 'inherit', env: { ...env, PATH: path } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1))));
}
