/** One sample of Prometheus' text format. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const line = /^(reelay_[a-z0-9_]+)(?:\{([^}]*)\})? ([^ ]+)(?: \d+)?$/;
const label = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;

/** Our own samples of a page of metrics; comments, other people's metrics and lines that cannot be read are left out. */
export function readMetrics(page: string): MetricSample[] {
  return page.split('\n').flatMap((text) => {
    const [, name, labels = '', value] = line.exec(text) ?? [];
    if (name === undefined) return [];
    return [
      {
        name,
        labels: Object.fromEntries([...labels.matchAll(label)].map(([, key, own]) => [key, own])),
        value: Number(value),
      },
    ];
  });
}

/** Sum over the samples of a metric whose label has one of the values; undefined when the page has none of that name at all. */
export function sumOf(
  samples: MetricSample[],
  name: string,
  where?: { label: string; of: readonly string[] },
): number | undefined {
  const named = samples.filter((sample) => sample.name === name);
  if (named.length === 0) return undefined;
  const wanted = where ? named.filter(({ labels }) => where.of.includes(labels[where.label] ?? '')) : named;
  return wanted.reduce((sum, { value }) => sum + value, 0);
}
