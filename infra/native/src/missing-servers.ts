import { findJava, findProgram, findRabbitScript } from './find-programs.ts';
import { hasKafkaJars } from './kafka-home.ts';
import { nativeServerNames } from './server-name.ts';
import type { NativeServerName } from './server-name.ts';

/** A server that cannot be started here, and the sentence that says how to get it. */
export interface MissingServer {
  readonly name: NativeServerName;
  readonly cure: string;
}

/** Those of the servers that cannot be started on this machine; nothing is started to find out. */
export async function missingServers(names: readonly NativeServerName[] = nativeServerNames): Promise<MissingServer[]> {
  // Processes are known by what Linux says of them in /proc.
  const missing = process.platform === 'linux' ? names.filter((name) => !isInstalled[name]()) : names;
  return missing.map((name) => ({ name, cure: cureFor([name]) }));
}

/** The sentence that says how to get these servers. */
export function cureFor(names: readonly NativeServerName[], platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'linux') return 'Native servers need Linux; elsewhere give the URLs of servers of your own.';
  return `Run "npm run setup:native -- --only ${names.join(',')}" (it lists what it installs and asks first).`;
}

const isInstalled: Record<NativeServerName, () => boolean> = {
  rabbitmq: () => findRabbitScript() !== undefined && findProgram('epmd') !== undefined,
  redis: () => findProgram('redis-server') !== undefined,
  kafka: () => findJava() !== undefined && hasKafkaJars(),
  mariadb: () => findProgram('mariadbd') !== undefined && findProgram('mariadb-install-db') !== undefined,
};
