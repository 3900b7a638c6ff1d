import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { folderMark, identityOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** One process of a server: a program, its arguments and what its environment has beyond the usual. */
export interface ProcessSpec {
  /** Names the log file, `<role>.log` in the folder of the server. */
  readonly role: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings of the machine's own servers or of the user's Java must not reach a private one. */
const foreign = /^(RABBITMQ_|ERL_|KAFKA_|MYSQL_|MARIADB_|LOG4J_|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH)/;

/**
 * Starts the process in a session of its own: Ctrl-C and a closing terminal reach the starter only.
 * Gives undefined when it ended at once; throws when the program cannot be run at all.
 */
export async function startProcess(folder: string, spec: ProcessSpec): Promise<ProcessIdentity | undefined> {
  const log = openLog(folder, spec.role);
  try {
    const child = spawn(spec.program, spec.args, {
      cwd: folder,
      env: { ...ownEnvironment(), ...spec.env, [folderMark]: folder },
      detached: true,
      stdio: ['ignore', log, log],
    });
    await once(child, 'spawn');
    child.on('error', () => undefined); // seen by whoever looks whether it lives
    child.unref();
    return child.pid === undefined ? undefined : identityOf(child.pid);
  } finally {
    closeSync(log);
  }
}

/** The lines of a process's log that tell what happened: the last ones that speak of an error, else the last ones. */
export function tellingLines(folder: string, role: string, count = 8): string {
  const path = logPath(folder, role);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : ['(no log)'];
  const errors = lines.filter((line) => /error|fail|fatal|exception/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-count).join('\n');
}

export const logPath = (folder: string, role: string): string => join(folder, `${role}.log`);

/** Each start has a log of its own; that of the start before is kept beside it. */
function openLog(folder: string, role: string): number {
  const path = logPath(folder, role);
  if (existsSync(path)) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
