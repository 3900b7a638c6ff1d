import { parseArgs } from 'node:util';
import { NativeError } from '../native-error.ts';
import { isNativeServerName, nativeServerNames } from '../server-name.ts';
import type { NativeServerName } from '../server-name.ts';

export interface SetupOptions {
  readonly help: boolean;
  readonly yes: boolean;
  readonly only: readonly NativeServerName[];
}

export const setupHelp = `Usage: npm run setup:native [-- --yes] [--only kafka,rabbitmq,redis,mariadb]

Installs the real servers that "npm run up" and the tests can use, as far as they are missing:
Debian packages rabbitmq-server, redis-server, mariadb-server (and Java and Maven for Kafka),
and the jars of Apache Kafka from Maven Central into a cache folder of yours.
Nothing is started, now or at the next boot of the machine.

  --only NAMES  only these, separated by commas
  --yes, -y     do not ask
  --help, -h    this text`;

/** Reads the command line. Throws a NativeError for an argument it does not know. */
export function parseSetupOptions(args: string[]): SetupOptions {
  const { values } = parsed(args);
  return { help: values.help ?? false, yes: values.yes ?? false, only: namesOf(values.only) };
}

function parsed(args: string[]) {
  const options = {
    help: { type: 'boolean', short: 'h' },
    yes: { type: 'boolean', short: 'y' },
    only: { type: 'string', multiple: true },
  } as const;
  try {
    // npm hands over a lone "--" when somebody writes it twice.
    return parseArgs({ args: args.filter((arg) => arg !== '--'), options });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new NativeError('SETUP_FAILED', `${reason}.`, 'See "npm run setup:native -- --help".', { cause: error });
  }
}

function namesOf(only: string[] | undefined): readonly NativeServerName[] {
  if (only === undefined) return nativeServerNames;
  const asked = only.flatMap((list) => list.split(',')).map((name) => name.trim());
  const unknown = asked.find((name) => !isNativeServerName(name));
  if (unknown !== undefined) {
    throw new NativeError(
      'SETUP_FAILED',
      `"${unknown}" is none of the servers.`,
      `Use ${nativeServerNames.join(', ')}.`,
    );
  }
  return nativeServerNames.filter((name) => asked.includes(name));
}
