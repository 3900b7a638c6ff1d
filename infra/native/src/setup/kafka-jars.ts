import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '../find-programs.ts';
import { hasKafkaJars, kafkaLibs, kafkaVersion } from '../kafka-home.ts';
import { NativeError } from '../native-error.ts';
import { reasonIn, runCommand } from './run-command.ts';

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/** The broker brings no logging of its own; without the second artifact it would log nothing at all. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>reelay</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
`;

/** Fetches the broker's jars. They appear at once, by a rename, so a broken fetch leaves nothing half done. */
export async function fetchKafkaJars(libs = kafkaLibs()): Promise<void> {
  const home = dirname(libs);
  mkdirSync(home, { recursive: true });
  const work = mkdtempSync(join(home, 'fetch-'));
  try {
    await copyJars(work);
    moveInto(join(work, 'libs'), libs);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function copyJars(work: string): Promise<void> {
  writeFileSync(join(work, 'pom.xml'), pom);
  const libs = join(work, 'libs');
  const args = ['-q', '-B', copyGoal, '-DincludeScope=runtime', `-DoutputDirectory=${libs}`];
  const { code, output } = await runCommand(findProgram('mvn') ?? 'mvn', args, { cwd: work });
  if (code === 0 && hasKafkaJars(libs)) return;
  const cure = 'Check the network and the settings of Maven, then run setup again.';
  throw new NativeError('SETUP_FAILED', `Maven could not fetch Kafka ${kafkaVersion} (${reasonIn(output)}).`, cure);
}

function moveInto(from: string, to: string): void {
  // Another run may have been quicker: then its jars are as good as ours.
  if (hasKafkaJars(to)) return;
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}
