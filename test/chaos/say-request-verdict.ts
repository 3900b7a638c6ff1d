import { countFaults, missedFaults } from '@reelay/shared/testing';
import { problemsOfRecovery, recoveriesOf } from './recovery.ts';
import { problemsOfRequests, type RequestChaosReport } from './request-chaos.ts';

/** Prints what was struck, how requests were answered and how soon full answers came back; the exit code. */
export function sayRequestVerdict(seed: number, report: RequestChaosReport): number {
  const { answers, faults, plans } = report;
  const recoveries = recoveriesOf(faults, answers, report.startedAt);
  const problems = [...problemsOfRequests(report), ...problemsOfRecovery(recoveries)];
  const of = (outcome: string | undefined) => answers.filter((answer) => answer.outcome === outcome).length;
  console.table(countFaults(faults));
  console.table(recoveries);
  console.log(
    [
      `${answers.length} requests: model ${of('model')}, cache ${of('cache')}, fallback ${of('fallback')}, unanswered ${of(undefined)}; asked again ${answers.filter(({ askedAgain }) => askedAgain).length}`,
      `slowest ${Math.round(answers.reduce((most, { latencyMs }) => Math.max(most, latencyMs), 0))} ms; ${plans.length} plans`,
      `${faults.length} faults, ${faults.length - missedFaults(faults).length} hit`,
    ].join('\n'),
  );
  if (problems.length === 0) console.log(`OK: every request answered in time, by a version of the plan (seed ${seed})`);
  else console.error(`FAILED with seed ${seed}:\n${problems.join('\n')}`);
  return problems.length === 0 ? 0 : 1;
}
