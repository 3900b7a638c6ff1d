import { countFaults, missedFaults } from '@reelay/shared/testing';
import type { CorruptionReport } from './corruption/run-corruption.ts';
import type { ReleaseChaosReport } from './releases/run-release-chaos.ts';

/** Prints what was killed in the middle of what, and what was found afterwards; the exit code. */
export function sayReleaseVerdict(seed: number, kills: number, report: ReleaseChaosReport): number {
  const { faults, commands, trainings, epochs, states, versions } = report;
  const missed = missedFaults(faults).length;
  const problems = [
    ...report.problems,
    ...(faults.length === kills ? [] : [`${faults.length} kills, not ${kills}`]),
    ...(missed === 0 ? [] : [`${missed} kills hit nothing`]),
  ];
  console.table(countFaults(faults));
  console.table(commands);
  console.log(
    [
      `${faults.length} kills, ${faults.length - missed} hit; trainings: ${trainings.begun} begun by command, ${trainings.published} published`,
      `${epochs} plans: ${JSON.stringify(states)}; ${versions} versions, each loaded`,
    ].join('\n'),
  );
  return sayEnd(seed, problems, 'one stable version at every step, no half artifact, every change legal');
}

export function sayCorruptionVerdict(seed: number, report: CorruptionReport): number {
  const { corruptions, answers, refused, codes, problems } = report;
  console.table(refused);
  console.log(`${corruptions} damaged versions, refused as ${JSON.stringify(codes)}; ${answers} answers meanwhile`);
  return sayEnd(seed, problems, 'none was served, and the sound version answered all the while');
}

function sayEnd(seed: number, problems: readonly string[], good: string): number {
  if (problems.length === 0) console.log(`OK: ${good} (seed ${seed})`);
  else console.error(`FAILED with seed ${seed}:\n${problems.join('\n')}`);
  return problems.length === 0 ? 0 : 1;
}
