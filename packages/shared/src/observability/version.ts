import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface BuildVersion {
  version: string;
  /** Commit of the running code; `unknown` outside a repository and without `GIT_COMMIT`. */
  commit: string;
  node: string;
}

let known: BuildVersion | undefined;

/** What is running: for `/version`, manifests and receipts. Asked once a process. */
export function buildVersion(commit = process.env.GIT_COMMIT): BuildVersion {
  return (known ??= { version: packageVersion(), commit: commit || gitCommit(), node: process.version });
}

function packageVersion(): string {
  const file = new URL('../../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function gitCommit(): string {
  try {
    const output = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.toString('utf8').trim();
  } catch {
    return 'unknown';
  }
}
