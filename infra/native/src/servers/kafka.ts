import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findJava } from '../find-programs.ts';
import { kafkaLibs } from '../kafka-home.ts';
import { logPath } from '../process/start-process.ts';
import type { ProcessSpec } from '../process/start-process.ts';
import { firstAnswer } from './first-answer.ts';
import { installed } from './installed.ts';
import { makeDataFolder } from './make-data-folder.ts';
import type { ServerPlace, ServerRecipe } from './server-recipe.ts';

/** One Kafka broker that is its own controller (KRaft). */
export const kafkaRecipe: ServerRecipe = {
  name: 'kafka',
  otherPorts: ['controller'],
  prepare: prepareKafka,
  processes: () => [javaProcess('kafka', ['-Xmx256m', '-XX:+UseSerialGC'], ['kafka.Kafka', 'server.properties'])],
  isReady: isKafkaReady,
  url: ({ ports }) => `kafka://127.0.0.1:${ports.main}`,
};

async function prepareKafka(place: ServerPlace): Promise<void> {
  const { folder } = place;
  await writeFile(join(folder, 'log4j2.properties'), logSettings);
  await writeFile(join(folder, 'server.properties'), serverProperties(place, 'data'));
  await writeFile(join(folder, 'format.properties'), serverProperties(place, 'data.new'));
  const clusterId = newClusterId();
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', 'format.properties'];
  const spec = javaProcess('format', ['-Xmx128m', '-XX:TieredStopAtLevel=1'], format);
  await makeDataFolder(folder, 'meta.properties', spec);
}

/** One that began with `-` would be taken for an option: one in 64 first starts would fail. */
export function newClusterId(bytes = randomBytes(16)): string {
  return Buffer.from(bytes.with(0, bytes[0] & 0x7f)).toString('base64url');
}

/** The port answers a little before the broker serves; its log says when it does. Each start has a log of its own. */
async function isKafkaReady({ folder, ports }: ServerPlace): Promise<boolean> {
  const log = await readFile(logPath(folder, 'kafka'), 'utf8');
  if (!log.includes('Kafka Server started')) return false;
  return (await firstAnswer(ports.main, apiVersionsRequest)).length > 0;
}

/** ApiVersions v0: length, key 18, version 0, correlation id 1, no client id. */
const apiVersionsRequest = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

function javaProcess(role: string, settings: string[], main: string[]): ProcessSpec {
  const program = installed('kafka', findJava());
  const always = ['-Djava.net.preferIPv4Stack=true', '-Dlog4j2.configurationFile=log4j2.properties'];
  return { role, program, args: [...settings, ...always, '-cp', join(kafkaLibs(), '*'), ...main] };
}

const logSettings = `appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c %m%n
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
logger.started.name=kafka.server.KafkaRaftServer
logger.started.level=INFO
`;

/**
 * Paths are relative to the folder, where the broker runs: the format knows no way to write a comma in a path.
 * A short broker session lets it come back 8 s sooner after a kill -9, since its own old registration must run out.
 */
function serverProperties({ ports }: ServerPlace, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports['controller']}
listeners=PLAINTEXT://127.0.0.1:${ports.main},CONTROLLER://127.0.0.1:${ports['controller']}
advertised.listeners=PLAINTEXT://127.0.0.1:${ports.main}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=10485760
`;
}
