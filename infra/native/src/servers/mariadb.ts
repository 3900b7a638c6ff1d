import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { ProcessSpec } from '../process/start-process.ts';
import { firstAnswer } from './first-answer.ts';
import { installedProgram } from './installed.ts';
import { makeDataFolder } from './make-data-folder.ts';
import type { ServerPlace, ServerRecipe } from './server-recipe.ts';

const secret = { mode: 0o600 };

/**
 * MariaDB with one database and one user, both called reelay; the user may also make databases called `reelay_test_…`, so that tests have
 * empty ones. Its superuser gets in by the local socket only.
 */
export const mariadbRecipe: ServerRecipe = {
  name: 'mariadb',
  otherPorts: [],
  prepare: prepareMariadb,
  processes: (place) => [serverProcess(place)],
  // The greeting of a server that takes clients starts with protocol version 10.
  isReady: async ({ ports }) => (await firstAnswer(ports.main))[4] === 10,
  url: ({ folder, ports }) => `mysql://reelay:${readPassword(folder)}@127.0.0.1:${ports.main}/reelay`,
};

async function prepareMariadb({ folder }: ServerPlace): Promise<void> {
  await installTables(folder);
  if (!existsSync(passwordPath(folder))) await writeFile(passwordPath(folder), randomBytes(18).toString('hex'), secret);
  await writeFile(join(folder, 'init.sql'), initSql(readPassword(folder)), secret);
}

/** Runs at every start, before the first client is let in; the server wants one statement a line. */
function initSql(password: string): string {
  const user = `'reelay'@'127.0.0.1'`;
  return `CREATE DATABASE IF NOT EXISTS reelay CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS ${user};
ALTER USER ${user} IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON reelay.* TO ${user};
GRANT ALL PRIVILEGES ON \`reelay\\_test\\_%\`.* TO ${user};
`;
}

/** The install script cannot bear a space in a path, so it reaches the folder by a link without one. */
async function installTables(folder: string): Promise<void> {
  const links = await mkdtemp(join(tmpdir(), 'reelay-mariadb-'));
  try {
    await symlink(folder, join(links, 'folder'));
    await makeDataFolder(folder, 'ready', installProcess(join(links, 'folder', 'data.new')));
  } finally {
    await rm(links, { recursive: true, force: true });
  }
}

function installProcess(dataFolder: string): ProcessSpec {
  const program = installedProgram('mariadb', 'mariadb-install-db');
  const { username } = userInfo();
  const root = ['--auth-root-authentication-method=socket', `--auth-root-socket-user=${username}`];
  const args = ['--no-defaults', `--datadir=${dataFolder}`, ...root, '--skip-test-db', ...asRoot()];
  // The mark of completeness is written by the last command, once everything else is there.
  return { role: 'install', program: '/bin/sh', args: ['-c', '"$@" && touch data.new/ready', 'sh', program, ...args] };
}

function serverProcess({ folder, ports }: ServerPlace): ProcessSpec {
  const settings = {
    datadir: join(folder, 'data'),
    socket: 'server.sock', // relative to the data folder; a full path may be too long for a socket
    'pid-file': 'server.pid',
    port: String(ports.main),
    'bind-address': '127.0.0.1',
    'init-file': join(folder, 'init.sql'),
    // As much as a day of segments and its index by user want, should they come; what is not used is not taken.
    'innodb-buffer-pool-size': '1G',
    // Pages that window after window changes are written once per round of this log: at the 96 MB of the default, over and over.
    'innodb-log-file-size': '512M',
    'performance-schema': 'OFF',
  };
  const named = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const args = ['--no-defaults', ...named, '--skip-log-bin', '--skip-name-resolve', ...asRoot()];
  return { role: 'mariadb', program: installedProgram('mariadb', 'mariadbd'), args };
}

/** MariaDB runs as the superuser only when it is told so. */
const asRoot = (): string[] => (process.getuid?.() === 0 ? ['--user=root'] : []);

const passwordPath = (folder: string): string => join(folder, 'password');
const readPassword = (folder: string): string => readFileSync(passwordPath(folder), 'utf8').trim();
