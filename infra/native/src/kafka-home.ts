import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export const kafkaVersion = '4.3.1';

/** Folder of the user that holds the broker's jars; clones of the repository share it. */
export function kafkaLibs(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME;
  // The XDG rules say that a relative path is to be ignored.
  const base = cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache');
  return join(base, 'reelay', `kafka-${kafkaVersion}`, 'libs');
}

/** Whether the jars are there. The folder appears by one rename, so one jar stands for all. */
export const hasKafkaJars = (libs = kafkaLibs()): boolean => existsSync(join(libs, `kafka_2.13-${kafkaVersion}.jar`));
