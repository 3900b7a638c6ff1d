import { recommendQuery, type ListRules } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';

/** What a caller wants: how long a list, and rules that make it another one than the user's plain list. */
export interface Wishes {
  count: number;
  rules?: ListRules;
}

/** Wishes in a query as it was sent. The same name twice is one list of both. Throws `REQUEST_INVALID`, which names the parameter. */
export function readWishes(query: string, listLength: number): Wishes {
  if (query === '') return { count: listLength };
  const parsed = recommendQuery.safeParse(parametersOf(query));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const [name = 'a parameter'] = issue?.path ?? [];
    const known = Object.keys(recommendQuery.shape).join(', ');
    const text =
      issue?.code === 'unrecognized_keys' ? `the parameters are ${known}` : `${String(name)}: ${issue?.message}`;
    throw new AppError('REQUEST_INVALID', text);
  }
  const { n: count = listLength, offset = 0, exclude = [], genre: genres = [], maxAge, seen } = parsed.data;
  const { diversity, reasons } = parsed.data;
  const includeSeen = seen === 'include';
  // An age of 0 is a rule like any other: only what is for everybody.
  const further = {
    ...(maxAge !== undefined && { maxAge }),
    ...(diversity && { diversity }),
    ...(reasons === 'true' && { reasons: true }),
  };
  const isFiltered = offset + exclude.length + genres.length > 0 || includeSeen;
  const isPlain = count <= listLength && !isFiltered && Object.keys(further).length === 0;
  return isPlain ? { count } : { count, rules: { offset, exclude, genres, includeSeen, ...further } };
}

/** A `+` stays one: it joins the words of an item id. */
function parametersOf(query: string): Record<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decoded(at === -1 ? part : part.slice(0, at));
    const value = at === -1 ? '' : decoded(part.slice(at + 1));
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new AppError('REQUEST_INVALID', 'the query has a malformed percent code', { cause });
  }
}
