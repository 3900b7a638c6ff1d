import type { Plan } from '@reelay/shared/contracts';
import { withdrawnMax } from './change-plan.ts';

/** What is wrong with a plan; none in a legal one. There is always exactly one stable version once there was one. */
export function planProblems(plan: Plan): string[] {
  const { stable, canary, share, withdrawn, release } = plan;
  const rules: [string, boolean][] = [
    ['a plan after the first epoch has no stable version', plan.epoch > 0 && stable === null],
    ['the first epoch names versions', plan.epoch === 0 && (stable !== null || canary !== null)],
    ['a canary without a stable version', canary !== null && stable === null],
    ['the canary is the stable version', canary !== null && canary === stable],
    ['a canary without users', canary !== null && !(share > 0)],
    ['users of no canary', canary === null && share !== 0],
    ['a share above 1', share > 1],
    ['the stable version is withdrawn', stable !== null && withdrawn.includes(stable)],
    ['the canary is withdrawn', canary !== null && withdrawn.includes(canary)],
    ['a version is withdrawn twice', new Set(withdrawn).size !== withdrawn.length],
    ['too many withdrawn versions', withdrawn.length > withdrawnMax],
    ['a canary whose record says something else', canary !== null && isOther(release, 'canary', canary)],
    ['a record of a canary that the plan does not have', canary === null && release?.state === 'canary'],
  ];
  return rules.filter(([, broken]) => broken).map(([problem]) => problem);
}

const isOther = (release: Plan['release'], state: string, version: string): boolean =>
  release !== undefined && (release.state !== state || release.version !== version);

/** What is wrong with a change, seen beside the plan that it took the place of: an update that was lost, above all. */
export function changeProblems(before: Plan, after: Plan): string[] {
  // The oldest of a full list make way.
  const full = after.withdrawn.length === withdrawnMax;
  const lost = before.withdrawn.filter((id) => !full && id !== after.stable && !after.withdrawn.includes(id));
  const moved = after.stable !== before.stable;
  const rules: [string, boolean][] = [
    ['withdrawn versions are forgotten', lost.length > 0],
    ['another stable version without a release', moved && !/promoted|rolled-back/.test(after.release!.state)],
    ['a release of something else than was there', moved && after.release!.previous !== before.stable],
    ['the stable version is gone', before.stable !== null && after.stable === null],
    [
      'a canary takes the place of a canary',
      before.canary !== null && after.canary !== null && before.canary !== after.canary,
    ],
  ];
  return rules.filter(([, broken]) => broken).map(([problem]) => problem);
}
