import { findJava, findProgram } from '../find-programs.ts';
import { hasKafkaJars, kafkaLibs, kafkaVersion } from '../kafka-home.ts';
import { missingServers } from '../missing-servers.ts';
import { debianPackageOf } from '../server-name.ts';
import type { NativeServerName } from '../server-name.ts';

/** What is missing on this machine, and so what a run would install. */
export interface SetupPlan {
  readonly packages: readonly string[];
  readonly kafkaJars: boolean;
}

export async function planSetup(names: readonly NativeServerName[]): Promise<SetupPlan> {
  const missing = (await missingServers(names)).map(({ name }) => name);
  const servers = missing.map((name) => debianPackageOf[name]).filter((name) => name !== undefined);
  const kafkaJars = missing.includes('kafka') && !hasKafkaJars();
  const java = missing.includes('kafka') && findJava() === undefined ? ['default-jre-headless'] : [];
  const maven = kafkaJars && findProgram('mvn') === undefined ? ['maven'] : [];
  return { packages: [...servers, ...java, ...maven], kafkaJars };
}

export const isEmpty = (plan: SetupPlan): boolean => plan.packages.length === 0 && !plan.kafkaJars;

/** The plan as lines for people. */
export function describePlan(plan: SetupPlan): string {
  const packages = plan.packages.map((name) => `  - Debian package ${name}, with the packages it needs`);
  const jars = `  - Apache Kafka ${kafkaVersion} from Maven Central (about 45 MB of jars) into ${kafkaLibs()}`;
  const lines = plan.kafkaJars ? [...packages, jars] : packages;
  return ['This will install:', ...lines, 'No service is started, now or at boot.'].join('\n');
}
