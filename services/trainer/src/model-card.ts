import type { ArtifactParts } from './build-artifact.ts';

/**
 * What the model is, in words for a person. Names neither the version nor the hour: it is one of the files that the version is named after,
 * and those stand in the manifest beside it.
 */
export function modelCard({ snapshot, model, metrics, settings }: ArtifactParts): string {
  const { rows, catalogue, dataVersion } = snapshot;
  return `# Model card

Ranks items for a user by implicit matrix factorisation (iALS), blended with what the user's demographic group watches. The user's
vector is solved when a request comes, from the newest items of the history; nothing personal is stored but one group byte a user.

| Data | |
|---|---|
| Data version | \`${dataVersion}\` |
| Users with interactions | ${rows.userIds.length} |
| Items (with and without interactions) | ${catalogue.length} |
| Interactions (user and item) | ${rows.item.length} |

| Hold-out: newest fifth of each user with three items or more | Model | Baseline |
|---|---|---|
| NDCG@10 over ${metrics.users} users (baseline: most watched) | ${figure(metrics.ndcgAt10)} | ${figure(metrics.popularityNdcgAt10)} |
| RMSE of ${metrics.heldOutRatings} ratings (baseline: global mean) | ${figure(metrics.rmse)} | ${figure(metrics.globalMeanRmse)} |

The figures are those of a model trained without the held-out part; the published one learned from everything.

| Setting | Value |
|---|---|
| Factors, sweeps, seed | ${model.factors}, ${settings.sweeps}, ${settings.seed} |
${Object.entries(model.objective)
  .map(([name, value]) => `| ${name} | ${value} |`)
  .join('\n')}
| groupShrinkage | ${settings.groupShrinkage} |

Not for: users without any history beyond their group's taste; items that nobody watched yet (they rank by the prior alone).
`;
}

const figure = (value: number | null): string => (value === null ? 'not measured' : value.toFixed(4));
