export interface Outcomes {
  model: number;
  cache: number;
  fallback: number;
}

/** Why there were fallbacks, in words. */
export async function readReasons(adminUrl: string): Promise<string> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const found = text.matchAll(/^reelay_gateway_fallbacks_total\{reason="(\w+)"\} (\d+)/gm);
  return [...found].map(([, reason, count]) => `${reason} ${count}`).join(', ');
}

/** How many batches a worker has taken, and of how many jobs. */
export async function readBatches(adminUrl: string): Promise<{ batches: number; jobs: number }> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const figure = (name: string): number =>
    Number(new RegExp(`^reelay_worker_batch_jobs_${name} (\\d+)`, 'm').exec(text)?.[1]);
  return { batches: figure('count'), jobs: figure('sum') };
}

/** How many answers a gateway has given, by outcome, from its metrics. */
export async function readOutcomes(adminUrl: string): Promise<Outcomes> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const found = { model: 0, cache: 0, fallback: 0 };
  for (const [, outcome, count] of text.matchAll(
    /^reelay_gateway_answers_total\{[^}]*outcome="(\w+)"[^}]*\} (\d+)/gm,
  )) {
    found[outcome as keyof Outcomes] += Number(count);
  }
  return found;
}

export const since = (now: Outcomes, before: Outcomes): Outcomes => ({
  model: now.model - before.model,
  cache: now.cache - before.cache,
  fallback: now.fallback - before.fallback,
});

/** What the figures were taken under, in words. */
export function shares({ model, cache, fallback }: Outcomes): string {
  const all = model + cache + fallback;
  const share = (part: number) => ((100 * part) / all).toFixed(2);
  return `model ${share(model)} %, cache ${share(cache)} %, fallback ${share(fallback)} % of ${all}`;
}

/** A figure over fallbacks is no figure. */
export function assertShare(outcomes: Outcomes, wanted: 'model' | 'cache', sent: number): void {
  const all = outcomes.model + outcomes.cache + outcomes.fallback;
  if (all !== sent) throw new Error(`${sent} requests, but ${all} counted answers`);
  if (outcomes[wanted] < 0.99 * all) throw new Error(`less than 99 % ${wanted}: ${shares(outcomes)}`);
}
