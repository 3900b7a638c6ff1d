import { findProgram } from '../find-programs.ts';
import { cureFor } from '../missing-servers.ts';
import { NativeError } from '../native-error.ts';
import type { NativeServerName } from '../server-name.ts';

/** The path that was found, or SERVER_MISSING with the command that installs the server. */
export function installed(name: NativeServerName, path: string | undefined): string {
  if (path !== undefined) return path;
  throw new NativeError('SERVER_MISSING', `The server ${name} is not installed here.`, cureFor([name]));
}

export const installedProgram = (name: NativeServerName, program: string): string =>
  installed(name, findProgram(program));
