import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRabbitScript } from '../find-programs.ts';
import type { ProcessSpec } from '../process/start-process.ts';
import { firstAnswer } from './first-answer.ts';
import { installed, installedProgram } from './installed.ts';
import type { ServerPlace, ServerRecipe } from './server-recipe.ts';

const amqpGreeting = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]); // "AMQP" 0-9-1
const settings = 'vm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 50MB\n';

/**
 * RabbitMQ with a node name, cookie and name server (epmd) of its own. The name server runs in our hands, since a node
 * that finds none starts one that stays behind for ever.
 */
export const rabbitmqRecipe: ServerRecipe = {
  name: 'rabbitmq',
  otherPorts: ['epmd', 'distribution'],
  prepare: prepareRabbit,
  processes: (place) => [epmdProcess(place), nodeProcess(place)],
  // Anything else than a method frame (type 1) is a refusal.
  isReady: async ({ ports }) => (await firstAnswer(ports.main, amqpGreeting))[0] === 1,
  url: ({ ports }) => `amqp://guest:guest@127.0.0.1:${ports.main}`,
};

async function prepareRabbit({ folder }: ServerPlace): Promise<void> {
  await mkdir(join(folder, 'home'), { recursive: true });
  const cookie = join(folder, 'home', '.erlang.cookie');
  if (!existsSync(cookie)) await writeFile(cookie, randomBytes(20).toString('hex'));
  await chmod(cookie, 0o400); // Erlang refuses a cookie that others may read
  await writeFile(join(folder, 'rabbitmq.conf'), settings);
  await writeFile(join(folder, 'enabled_plugins'), '[].\n');
  await writeFile(join(folder, 'environment.conf'), '');
}

function epmdProcess({ ports }: ServerPlace): ProcessSpec {
  const program = installedProgram('rabbitmq', 'epmd');
  return { role: 'epmd', program, args: ['-port', String(ports['epmd']), '-address', '127.0.0.1'] };
}

function nodeProcess(place: ServerPlace): ProcessSpec {
  const program = installed('rabbitmq', findRabbitScript());
  return { role: 'rabbitmq', program, args: [], env: { ...nodeNetwork(place), ...nodeFiles(place) } };
}

function nodeNetwork({ ports }: ServerPlace): Record<string, string> {
  return {
    ERL_EPMD_PORT: String(ports['epmd']),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'reelay@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.main),
    RABBITMQ_DIST_PORT: String(ports['distribution']),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
    // The script then becomes the node, so the process that was started is the one to signal.
    RABBITMQ_ALLOW_INPUT: 'true',
  };
}

function nodeFiles({ folder }: ServerPlace): Record<string, string> {
  return {
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONF_ENV_FILE: join(folder, 'environment.conf'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'none.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'node.pid'),
    RABBITMQ_QUORUM_DIR: join(folder, 'quorum'),
    RABBITMQ_STREAM_DIR: join(folder, 'stream'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(folder, 'feature_flags'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'config'),
  };
}
