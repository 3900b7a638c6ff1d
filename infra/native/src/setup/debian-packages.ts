import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-programs.ts';
import { NativeError } from '../native-error.ts';
import { switchOffAtBoot, withoutAutostart } from './no-autostart.ts';
import { reasonIn, runAsRoot, runCommand } from './run-command.ts';
import type { Step } from './step.ts';

const aptFolder = '/var/lib/apt/lists';
const listsFreshMs = 24 * 60 * 60_000;
const quietly = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
/** Comes along with rabbitmq-server and brings a service of its own. */
const alsoBrought = ['erlang-base'];

/** Installs the packages, starting nothing. Throws a NativeError with the first reason that apt gives. */
export async function installPackages(packages: readonly string[], step: Step): Promise<void> {
  requireApt(packages);
  const fresh = await notInstalled([...packages, ...alsoBrought]);
  if (listsAgeMs() > listsFreshMs) await step('package lists brought up to date', () => apt(['update']));
  await step(`Debian packages ${packages.join(', ')}`, () => withoutAutostart(() => install(packages)));
  await switchOffAtBoot(fresh);
}

async function install(packages: readonly string[]): Promise<void> {
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  try {
    await apt(args);
  } catch {
    // Lists of yesterday may name files that the mirror has replaced since: ask for new ones, once.
    await apt(['update']);
    await apt(args);
  }
}

async function apt(args: string[]): Promise<void> {
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0', '-q'];
  const { code, output } = await runAsRoot('apt-get', [...options, ...args], quietly);
  if (code === 0) return;
  const command = `apt-get ${args.join(' ')}`;
  const cure = `Check the network and the sources of apt, try "${command}" by hand, then run setup again.`;
  throw new NativeError('SETUP_FAILED', `"${command}" ended with code ${code} (${reasonIn(output)}).`, cure);
}

function requireApt(packages: readonly string[]): void {
  const list = packages.join(', ');
  if (findProgram('apt-get') === undefined) {
    throw new NativeError('SETUP_FAILED', 'This machine has no apt-get.', `Install ${list} with its own package tool.`);
  }
  if (process.getuid?.() !== 0 && findProgram('sudo') === undefined) {
    throw new NativeError(
      'SETUP_FAILED',
      'Packages need root, and there is no sudo.',
      `As root: apt-get install ${list}.`,
    );
  }
}

/** Time since the package lists were fetched, in milliseconds; Infinity when there are none. */
function listsAgeMs(): number {
  try {
    const lists = readdirSync(aptFolder).filter((name) => /_(Packages|InRelease|Release)/.test(name));
    // The files keep the mirror's time; the folder changes when they are fetched.
    return lists.length === 0 ? Infinity : Date.now() - statSync(join(aptFolder)).mtimeMs;
  } catch {
    return Infinity;
  }
}

async function notInstalled(packages: readonly string[]): Promise<string[]> {
  const { output } = await runCommand('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}
