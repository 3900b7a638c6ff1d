import { missingServers } from '../missing-servers.ts';
import { nativeServerNames } from '../server-name.ts';
import type { NativeServerName } from '../server-name.ts';

/** The servers that tests can use here; says in one line which tests are not run, and how to have them. */
export async function installedServers(
  names: readonly NativeServerName[] = nativeServerNames,
): Promise<Set<NativeServerName>> {
  const missing = (await missingServers(names)).map(({ name }) => name);
  if (missing.length > 0) {
    console.log(`infra/native: not run with ${missing.join(', ')}; "npm run setup:native" installs what is missing.`);
  }
  return new Set(names.filter((name) => !missing.includes(name)));
}
