/** How many characters a method reads of a text at most: what a plain scan from its start to its result would. */
type Cost = (text: string, args: unknown[], result: unknown) => number;

const samePrefix: Cost = (text, [search, from = 0]) => {
  const wanted = String(search);
  let same = 0;
  while (same < wanted.length && text[Number(from) + same] === wanted[same]) same += 1;
  return Math.min(same + 1, wanted.length);
};

/** A piece that is cut off is a view of the whole: cutting reads nothing. */
const costs: Record<string, Cost> = {
  charCodeAt: () => 1,
  slice: () => 0,
  startsWith: samePrefix,
  endsWith: (text, [search]) => samePrefix(text, [search, Math.max(0, text.length - String(search).length)], true),
  indexOf: (text, [search, from = 0], found) =>
    (Number(found) < 0 ? text.length : Number(found) + String(search).length) - Number(from),
  lastIndexOf: (text, [search, from = text.length], found) =>
    Math.min(Number(from) + String(search).length, text.length) - Math.max(0, Number(found)),
};
const notCounted = ['at', 'codePointAt', 'includes', 'match', 'matchAll', 'replace', 'replaceAll', 'search', 'split'];

type Methods = Record<string, (this: unknown, ...args: unknown[]) => unknown>;

/**
 * Visits to the bytes of a line by `work`: each pass that decodes or checks all of it (handed in by `visit`, or seen here), and what
 * methods of texts read. A method whose reads nobody counts is an error. Reads by index are not seen: there must be none.
 */
export function countVisits(work: (visit: (count: number) => void) => void): number {
  let visits = 0;
  const visit = (count: number) => void (visits += count);
  const undo: (() => void)[] = [];
  const stand = (target: object, name: string, cost: Cost | undefined) => {
    const methods = target as Methods;
    const original = methods[name];
    undo.push(() => void (methods[name] = original));
    methods[name] = function (...args) {
      if (cost === undefined) throw new Error(`nobody counts what ${name} reads`);
      const result = original.apply(this, args);
      visit(cost(this as string, args, result));
      return result;
    };
  };
  for (const name of notCounted) stand(String.prototype, name, undefined);
  for (const [name, cost] of Object.entries(costs)) stand(String.prototype, name, cost);
  stand(RegExp.prototype, 'exec', undefined);
  stand(Buffer.prototype, 'toString', (bytes) => bytes.length);
  stand(TextDecoder.prototype, 'decode', (_decoder, [bytes]) => (bytes as Uint8Array).length);
  try {
    work(visit);
  } finally {
    for (const one of undo.reverse()) one();
  }
  return visits;
}
