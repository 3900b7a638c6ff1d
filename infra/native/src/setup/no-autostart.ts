import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../find-programs.ts';
import { NativeError } from '../native-error.ts';
import { reasonIn, runAsRoot, runCommand } from './run-command.ts';

/** Debian's maintainer scripts ask this file whether a service may start; 101 means no. */
const policyPath = '/usr/sbin/policy-rc.d';
const policyText =
  '#!/bin/sh\n# Put here by "npm run setup:native" for the time of an installation. Safe to delete.\nexit 101\n';

/** Does the work while no package may start a service. A policy that was there before is left as it is. */
export async function withoutAutostart<T>(work: () => Promise<T>): Promise<T> {
  const ours = !existsSync(policyPath);
  if (ours) await putPolicy();
  try {
    return await work();
  } finally {
    await removeOwnPolicy();
  }
}

/** Takes away the policy if it is the one that setup puts, also one that a killed run left behind. */
export async function removeOwnPolicy(): Promise<void> {
  if (existsSync(policyPath) && readFileSync(policyPath, 'utf8') === policyText)
    await runAsRoot('rm', ['-f', policyPath]);
}

/** Names of the services that the packages bring along; asked after their installation. */
async function unitsOf(packages: readonly string[]): Promise<string[]> {
  const { output } = await runCommand('dpkg', ['-L', ...packages]);
  const files = output.split('\n').filter((line) => /\/systemd\/system\/[^/@]+\.(service|socket)$/.test(line));
  return [...new Set(files.map((file) => file.slice(file.lastIndexOf('/') + 1)))];
}

/** A package switches its service on for the next boot; on a machine with systemd this switches it off again. */
export async function switchOffAtBoot(packages: readonly string[]): Promise<void> {
  const units = await unitsOf(packages);
  if (units.length === 0 || findProgram('systemctl') === undefined) return;
  // An alias or a static unit makes systemctl complain; the others are switched off all the same.
  for (const unit of units) await runAsRoot('systemctl', ['disable', unit]);
}

async function putPolicy(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reelay-setup-'));
  try {
    writeFileSync(join(folder, 'policy'), policyText);
    const { code, output } = await runAsRoot('install', ['-m', '755', join(folder, 'policy'), policyPath]);
    if (code === 0) return;
    throw new NativeError('SETUP_FAILED', `${policyPath} cannot be written (${reasonIn(output)}).`, 'Run it as root.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
