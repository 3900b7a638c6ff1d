import type { LiveComparison } from '@reelay/shared/contracts';
import type { GroupFigure } from './group-figures.ts';
import { bytesOfParts, type Watermark } from './snapshot/snapshot-description.ts';
import type { ArtifactParts } from './build-artifact.ts';

/** What the model is, in words for a person; `bytes` is the size of its other files. Its name stands in the manifest beside it. */
export function modelCard(
  { snapshot, model, choice, metrics, settings, quality, costs, groups, comparison }: ArtifactParts,
  bytes: number,
): string {
  const { rows, catalogue, dataVersion, description } = snapshot;
  const { summary, windowDays, createdAt, watermark } = description;
  return `# Model card

Ranks items for a user by implicit matrix factorisation (iALS)${model.blend ? ' and weights between items (EASE)' : ''}, blended with what the user's demographic group watches. The user's
vector is solved when a request comes, from the newest items of the history; nothing personal is stored but one group byte a user.

| Data | |
|---|---|
| Data version | \`${dataVersion}\` |
| Users with interactions | ${rows.userIds.length} |
| Items (with and without interactions) | ${catalogue.length} |
| Of them with an age rating (lists by \`maxAge\` hold no others) | ${catalogue.filter(({ minAge }) => minAge !== undefined).length} |
| Interactions (user and item) | ${rows.item.length} |
| From, to (last events, UTC) | ${day(summary.oldestTime)}, ${day(summary.newestTime)} |
| Window | ${windowDays === null ? 'everything' : `${windowDays} days`} |
| Read when, up to | ${createdAt}, ${watermark.streams.map(placeOf).join(', ') || 'no stream'} |

Data checks: **${quality.outcome}**, beside ${quality.comparedWith === null ? 'nothing (first data)' : `\`${quality.comparedWith}\``}.

| Check | Found | Limit | |
|---|---|---|---|
${quality.checks.map(({ name, value, limit, verdict }) => `| ${name} | ${+value.toFixed(4)} | ${+limit.toFixed(4)} | ${verdict} |`).join('\n')}

| Hold-out: newest fifth of each user with three items or more | Model | Baseline |
|---|---|---|
| NDCG@10 over ${metrics.users} users (baseline: most watched) | ${figure(metrics.ndcgAt10)} | ${figure(metrics.popularityNdcgAt10)} |
| RMSE of ${metrics.heldOutRatings} ratings (baseline: biases alone; global mean ${figure(metrics.globalMeanRmse)}) | ${figure(metrics.rmse)} | ${figure(metrics.biasOnlyRmse ?? null)} |

| NDCG@10 by group, 95 % interval (bootstrap over users) | Users | Model | ${comparison ? `Live \`${comparison.live}\` beside it, on what it has not seen` : 'Live'} |
|---|---|---|---|
${groups.map((one) => groupRow(one, comparison)).join('\n')}

${candidatesTable(metrics)}

The figures are those of a model trained without the held-out part; the published one learned from everything.

${blendTable(choice)}

| Setting | Value |
|---|---|
| Factors, sweeps, seed | ${model.factors}, ${settings.sweeps}, ${settings.seed} |
${Object.entries(model.objective)
  .map(([name, value]) => `| ${name} | ${value} |`)
  .join('\n')}
| groupShrinkage | ${settings.groupShrinkage} |

| Cost | |
|---|---|
| Seconds from the first row to the last sweep | ${costs.seconds.toFixed(1)} |
| Memory of the training, estimated from above | ${megabytes(costs.memoryBytes)} |
| Snapshot, Parquet | ${megabytes(bytesOfParts(snapshot.description))} |
| Files of the model | ${megabytes(bytes)} |

Not for: users without any history beyond their group's taste; items that nobody watched yet (${choice.placesNewItems ? 'they stand where their genres and decade put them' : 'they rank by the prior alone'}).
`;
}

const figure = (value: number | null): string => (value === null ? 'not measured' : value.toFixed(4));
const day = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 10);
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const placeOf = ({ topic, partition, nextOffset }: Watermark['streams'][number]): string =>
  `${topic}/${partition} offset ${nextOffset}`;

/** What could have brought up what was held out; lists themselves score every item. */
function candidatesTable({ candidates }: ArtifactParts['metrics']): string {
  if (candidates === undefined) return 'Nothing was held out, so sources were not measured.';
  const { users, depth, together, bySource } = candidates;
  const rows = [...Object.entries(bySource), ['all together', together] as const];
  const head = `| Share of held-out items among the best ${depth} of each source (${users} users) | |\n|---|---|`;
  return `${head}\n${rows.map(([source, share]) => `| ${source} | ${share.toFixed(4)} |`).join('\n')}`;
}

/** What was tried on validation users, and what is served. */
function blendTable({ share, trials }: ArtifactParts['choice']): string {
  if (trials.length === 0) return `Item weights count ${share} of the personal score; nothing was tried.`;
  const rows = trials.map(
    (trial) => `| ${trial.share}${trial.share === share ? ' (served)' : ''} | ${figure(trial.ndcg)} |`,
  );
  return `| Share of item weights in the personal score | NDCG@10 on validation users |\n|---|---|\n${rows.join('\n')}`;
}

function groupRow({ group, users, ndcg }: GroupFigure, comparison: LiveComparison | undefined): string {
  const paired = group === 'everybody' ? comparison?.overall.ndcg : comparison?.groups[group]?.ndcg;
  const beside = paired
    ? `${paired.live.toFixed(4)} (model ${paired.candidate.toFixed(4)}, ${paired.difference.users} users)`
    : '–';
  return `| ${group} | ${users} | ${ndcg.value.toFixed(4)} (${ndcg.low.toFixed(4)} to ${ndcg.high.toFixed(4)}) | ${beside} |`;
}
