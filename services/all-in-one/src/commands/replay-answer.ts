import type { Command } from 'commander';
import { withReceipts } from '../receipts-at-home.ts';
import { createAnswerReplay, type Replay } from '../replaying/replay-answer.ts';

export function addReplayAnswerCommand(program: Command): void {
  program
    .command('replay-answer')
    .description('makes the list of an answer once more, from its receipt and its model version, and compares')
    .argument('<requestId>', 'as in the header X-Request-Id of the answer')
    .option('--json', 'one line of JSON instead of a readable page')
    .addHelpText(
      'after',
      '\nEnds with 1 when the lists differ.\n\nExample:\n  $ npx reelay replay-answer 0190f3c2-7d4e-7b7a-9a52-2f6f1c0a4b11',
    )
    .action((requestId: string, { json }: { json?: boolean }) =>
      withReceipts(async (ledger, _explain, artifacts) => {
        const replay = await createAnswerReplay({ ledger, artifacts })(requestId);
        console.log(json ? JSON.stringify(replay) : textOf(replay));
        if (!replay.identical) process.exitCode = 1;
      }),
    );
}

const textOf = (replay: Replay): string => [headOf(replay), ...factsOf(replay)].join('\n');

function headOf({ identical, items, madeBy, modelVersion }: Replay): string {
  const again = madeBy === 'model' ? 'computed again' : 'read again';
  return `${identical ? 'identical' : 'DIFFERENT'}: ${items} items, ${again} from version ${modelVersion}`;
}

function factsOf(replay: Replay): string[] {
  const { requestId, userId, time, outcome, dataVersion, commit, difference, hashFits, kernelBuild, repeats } = replay;
  return [
    `  answer    ${requestId}, user ${userId}, ${time}, ${outcome}`,
    `  data      ${dataVersion || 'unknown'}`,
    `  code      ${commit}`,
    ...(kernelBuild === null ? [] : [`  kernels   ${kernelsText(kernelBuild)}`]),
    ...(repeats === null ? [] : [`  repeats   ${repeatsText(repeats)}`]),
    ...(difference === null
      ? []
      : [`  place ${difference.place}   kept ${difference.kept ?? 'nothing'}, now ${difference.now ?? 'nothing'}`]),
    ...(hashFits === false ? ['  shown     another list than the receipt says'] : []),
  ];
}

const kernelsText = ({ kept, now }: NonNullable<Replay['kernelBuild']>): string =>
  kept === now ? now : `${kept || 'unknown'} then, ${now} now: another build may round otherwise`;

const repeatsText = ({ requestId, sameList }: NonNullable<Replay['repeats']>): string =>
  sameList === null
    ? `${requestId}, which has no receipt`
    : `${requestId}, ${sameList ? 'the same list' : 'another list'}`;
