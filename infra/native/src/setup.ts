import { createInterface } from 'node:readline/promises';
import { NativeError } from './native-error.ts';
import { installPackages } from './setup/debian-packages.ts';
import { fetchKafkaJars } from './setup/kafka-jars.ts';
import { removeOwnPolicy } from './setup/no-autostart.ts';
import { parseSetupOptions, setupHelp } from './setup/setup-options.ts';
import type { SetupOptions } from './setup/setup-options.ts';
import { describePlan, isEmpty, planSetup } from './setup/setup-plan.ts';
import { createStep } from './setup/step.ts';

const say = (line: string) => console.log(line);

/** Runs the setup and gives its exit code: 0 = everything asked for is there. */
async function setup(options: SetupOptions): Promise<number> {
  if (options.help) return done(setupHelp);
  const plan = await planSetup(options.only);
  if (isEmpty(plan)) {
    await removeOwnPolicy();
    return done(`Nothing to do: ${options.only.join(', ')} can be started.`);
  }
  say(describePlan(plan));
  if (!(await isAgreed(options.yes))) return done('Nothing was installed.', 1);
  const step = createStep(say);
  if (plan.packages.length > 0) await installPackages(plan.packages, step);
  if (plan.kafkaJars) await step('jars of Apache Kafka', () => fetchKafkaJars());
  return checkResult(options);
}

/** A package may install well and yet bring something else than expected, so what counts is looked at again. */
async function checkResult(options: SetupOptions): Promise<number> {
  const rest = await planSetup(options.only);
  if (isEmpty(rest)) return done(`Ready: ${options.only.join(', ')} can be started.`);
  return done(`Still missing after the installation:\n${describePlan(rest)}`, 1);
}

async function isAgreed(yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new NativeError('SETUP_FAILED', 'Nobody can be asked here (no terminal).', 'Add --yes to agree beforehand.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Install? [y/N] ').finally(() => terminal.close());
  return /^y(es)?$/i.test(answer.trim());
}

function done(text: string, code = 0): number {
  say(text);
  return code;
}

function failed(error: unknown): number {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
}

// The tool ends when apt does, never in the middle: a Ctrl-C reaches apt through the terminal, it fails, and the
// policy file is taken away on the way out.
process.on('SIGINT', () => undefined);

process.exitCode = await Promise.resolve()
  .then(() => setup(parseSetupOptions(process.argv.slice(2))))
  .catch(failed);
