import { AppError, messageOf } from '@reelay/shared/runtime';
import { buildVersion } from '@reelay/shared/observability';
import { Command } from 'commander';
import { addAnswersCommand } from './commands/answers.ts';
import { addProvenanceCommand } from './commands/provenance.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addImportCommand } from './commands/import.ts';
import { addIngestCommand } from './commands/ingest.ts';
import { addJobsCommand } from './commands/jobs.ts';
import { addQuarantineCommand } from './commands/quarantine.ts';
import { addRecommendCommand } from './commands/recommend.ts';
import { addReleaseCommands } from './commands/releases.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addReplayAnswerCommand } from './commands/replay-answer.ts';
import { addReportCommand } from './commands/report.ts';
import { addRollupCommand } from './commands/rollup.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTrainCommand } from './commands/train.ts';
import { addTruthCommand } from './commands/truth.ts';
import { addUpCommand } from './commands/up.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addWorkersCommand } from './commands/workers.ts';

const program = new Command('reelay')
  .description('Recommendations served live from an event stream.')
  .version(buildVersion().version)
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nSettings come from the environment; the folder is REELAY_HOME (default: .reelay in the repository).',
  );

const commands = [
  addUpCommand,
  addIngestCommand,
  addImportCommand,
  addEvaluateCommand,
  addReplayCommand,
  addReplayAnswerCommand,
  addReportCommand,
  addAnswersCommand,
  addRecommendCommand,
  addJobsCommand,
  addProvenanceCommand,
  addTrainCommand,
  addReleaseCommands,
  addStatusCommand,
  addWorkersCommand,
  addVerifyCommand,
  addQuarantineCommand,
  addRollupCommand,
  addTruthCommand,
];
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof AppError ? ` [${error.code}]` : '';
  console.error(`reelay: ${messageOf(error)}${code}`);
  process.exitCode = 1;
}
// A driver of a stopped port may keep a timer; the command is done all the same.
process.exit();
