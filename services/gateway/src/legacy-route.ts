import { AppError } from '@reelay/shared/runtime';

/**
 * An existing call "user id → list of product ids", answered in its own path and form, so that a client runs unchanged. Written as that call,
 * with `:userId` where the id stands, in the path or in the query, and `as` for the form of the answer:
 *
 * - `/v1/recs/:userId?as=items[].id` → `{"items":[{"id":"a"},{"id":"b"}]}`
 * - `/recs?user=:userId&as=[]` → `["a","b"]`
 * - `/recs/:userId?as=data.products[]` → `{"data":{"products":["a","b"]}}`
 * - `/recs/:userId?as=text` → `a,b`
 */
export interface LegacyRoute {
  /** The id as it was sent, or null when this is another call. */
  segmentOf(url: string): string | null;
  /** The body, or null for the line of text. */
  bodyOf(ids: string[]): unknown;
}

const parameter = ':userId';
const form = /^(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?\[\](?:\.[A-Za-z_]\w*)*$/;
/** Paths that are ours. */
const taken = /^\/(recommend|healthz)(\/|$)/;

/** Throws `CONFIG_INVALID`. */
export function createLegacyRoute(template: string): LegacyRoute {
  const [path = '', query = ''] = template.split('?', 2);
  const parameters = query.split('&').map((part) => part.split('=', 2) as [string, string?]);
  const as = parameters.find(([name]) => name === 'as')?.[1] ?? '[]';
  const idName = parameters.find(([, value]) => value === parameter)?.[0];
  const parts = path.split('/');
  const place = parts.indexOf(parameter);
  assertUsable({
    path,
    as,
    places: [...parts, ...parameters.map(([, value]) => value)].filter((part) => part === parameter),
  });
  return {
    segmentOf(url) {
      const [askedPath = '', askedQuery = ''] = url.split('?', 2);
      const asked = askedPath.split('/');
      const isIt = asked.length === parts.length && parts.every((part, at) => at === place || part === asked[at]);
      if (!isIt) return null;
      return idName === undefined ? (asked[place] ?? '') : valueOf(askedQuery, idName);
    },
    bodyOf: (ids) => (as === 'text' ? null : shape(as, ids)),
  };
}

function assertUsable({ path, as, places }: { path: string; as: string; places: unknown[] }): void {
  const problem = (text: string) => new AppError('CONFIG_INVALID', `LEGACY_ROUTE: ${text}`);
  if (!path.startsWith('/') || taken.test(path)) throw problem('needs a path that is not one of ours');
  if (places.length !== 1) throw problem(`needs ${parameter} once, in the path or as a value of the query`);
  if (as !== 'text' && !form.test(as)) throw problem('"as" is text, or names with one [], such as items[].id');
}

const valueOf = (query: string, name: string): string =>
  query
    .split('&')
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? '';

/** `data.items[].id`: every id in `{ id }`, all of them in `{ data: { items } }`. */
function shape(as: string, ids: string[]): unknown {
  const [outer = '', inner = ''] = as.split('[]', 2);
  const list = ids.map((id) => wrap(id, inner));
  return wrap(list, outer);
}

const wrap = (value: unknown, names: string): unknown =>
  names
    .split('.')
    .filter((name) => name !== '')
    .reduceRight((inside, name) => ({ [name]: inside }), value);
