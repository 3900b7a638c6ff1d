import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// A service account or a desktop shell often has no sbin folder in its PATH, and Debian puts servers there.
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Full path of a program in PATH or in the system folders, or undefined. No shell is asked. */
export function findProgram(name: string): string | undefined {
  const inPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return [...inPath, ...systemFolders].map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * The start script of RabbitMQ itself. The program of the same name in sbin is a wrapper that changes the user and
 * the folder, so it cannot start a private node.
 */
export function findRabbitScript(root = '/usr/lib/rabbitmq'): string | undefined {
  const versions = foldersIn(join(root, 'lib')).filter((name) => name.startsWith('rabbitmq_server-'));
  const candidates = ['bin', ...versions.sort().map((name) => join('lib', name, 'sbin'))];
  return candidates.map((folder) => join(root, folder, 'rabbitmq-server')).find(isExecutable);
}

/** The Java to run Kafka with: JAVA_HOME first, as Maven does, then PATH. */
export function findJava(): string | undefined {
  const ofHome = process.env.JAVA_HOME === undefined ? undefined : join(process.env.JAVA_HOME, 'bin', 'java');
  return ofHome !== undefined && isExecutable(ofHome) ? ofHome : findProgram('java');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
