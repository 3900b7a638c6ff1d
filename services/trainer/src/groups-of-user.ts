import { ageBandsFrom, everybody, genders } from '@reelay/recommender';

/** Names of the groups that a demographic group belongs to, such as `gender=F` and `age=25-34`; none where nothing is known. */
export function groupNames(group: number): string[] {
  if (group === everybody) return [];
  if (group <= genders.length) return [`gender=${genders[group - 1]}`];
  const place = group - 1 - genders.length;
  const band = place % ageBandsFrom.length;
  return [`gender=${genders[Math.floor(place / ageBandsFrom.length)]}`, `age=${bandName(band)}`];
}

function bandName(band: number): string {
  const from = ageBandsFrom[band];
  return band + 1 < ageBandsFrom.length ? `${from}-${ageBandsFrom[band + 1] - 1}` : `${from}+`;
}
