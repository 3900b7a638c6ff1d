/** Fallbacks so far by reason, as the gateways count them; one that does not answer counts nothing. */
export async function readFallbacks(adminUrls: readonly string[]): Promise<Map<string, number>> {
  const pages = await Promise.all(adminUrls.map(readMetrics));
  const counts = new Map<string, number>();
  for (const [, reason, count] of pages
    .join('\n')
    .matchAll(/^reelay_gateway_fallbacks_total\{reason="(\w+)"\} (\d+)/gm))
    counts.set(reason, (counts.get(reason) ?? 0) + Number(count));
  return counts;
}

const readMetrics = (adminUrl: string): Promise<string> =>
  fetch(`${adminUrl}/metrics`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.text(),
    () => '',
  );

/** What came between two looks, in words: `TIMEOUT 12, QUEUE_DOWN 3`. */
export function fallbacksBetween(before: Map<string, number>, after: Map<string, number>): string {
  const more = [...after].map(([reason, count]) => ({ reason, count: count - (before.get(reason) ?? 0) }));
  return more.flatMap(({ reason, count }) => (count > 0 ? `${reason} ${count}` : [])).join(', ');
}
