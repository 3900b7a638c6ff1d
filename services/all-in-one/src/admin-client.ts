import { AppError, messageOf } from '@reelay/shared/runtime';

interface CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  timeoutMs?: number;
}

/** Calls a route of a service's admin port; `NOT_RUNNING` when nobody answers. */
export async function callAdmin<T>(base: string, path: string, options: CallOptions = {}): Promise<T> {
  const { method = 'GET', body, timeoutMs = 10_000 } = options;
  const response = await fetch(new URL(path, base), {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new AppError('NOT_RUNNING', `${base} does not answer (${messageOf(error)})`, { cause: error });
  });
  const content = (await response.json()) as T & { error?: { message: string } };
  if (!response.ok) throw new AppError('NOT_RUNNING', content.error?.message ?? `${path} answered ${response.status}`);
  return content;
}

/** A service's `/metrics`; empty when nobody answers. */
export const readMetrics = (base: string): Promise<string> =>
  fetch(new URL('/metrics', base), { signal: AbortSignal.timeout(5_000) })
    .then((response) => response.text())
    .catch(() => '');

/** Values of one counter by one label, from what `readMetrics` gave. */
export function countersIn(metrics: string, name: string, label: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const [, labels, value] of metrics.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))) {
    const found = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels);
    if (found) values.set(found[1], (values.get(found[1]) ?? 0) + Number(value));
  }
  return values;
}
