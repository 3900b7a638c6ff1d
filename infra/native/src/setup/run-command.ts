import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly withinMs?: number;
}

/** Nothing of the installation takes longer than this on a slow line; a hanging mirror must not hang for ever. */
const defaultWithinMs = 20 * 60_000;

/** Runs a program without a shell and gathers what it says on both channels. A program that is not there is code 127. */
export function runCommand(program: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { env = process.env, cwd, withinMs = defaultWithinMs } = options;
  return new Promise((resolve) => {
    // sudo asks for its password on the terminal itself, so no input is handed on.
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: withinMs });
    let output = '';
    const gather = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-200_000));
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\nended by ${signal}` }),
    );
  });
}

/** Runs a program as the superuser: directly, or through sudo for everybody else. */
export function runAsRoot(program: string, args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  if (process.getuid?.() === 0) return runCommand(program, args, { env: { ...process.env, ...env } });
  return runCommand('sudo', ['env', ...settings, program, ...args]);
}

/** The line that says why a program failed: its last error line, else its last line. */
export function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '');
  return said.findLast((line) => /^(E:|\[ERROR\] \S|error:)/i.test(line)) ?? said.at(-1) ?? 'it said nothing';
}
