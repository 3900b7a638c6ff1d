import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Source {
  path: string;
  text: string;
}

const root = join(import.meta.dirname, '..');
/** What runs in service; tests, fixtures and what only they use log for nobody. */
const isProduct = (path: string): boolean =>
  path.endsWith('.ts') && !/\.(test|fixture)\.ts$|\/testing\/|\/fuzz\/|node_modules/.test(path);

/** Every product source of packages and services. */
export async function readSources(): Promise<Source[]> {
  const sources: Source[] = [];
  for (const folder of ['packages', 'services']) {
    for (const name of await readdir(join(root, folder))) {
      const src = join(root, folder, name, 'src');
      for (const path of await readdir(src, { recursive: true }).catch(() => [])) {
        if (isProduct(`/${path}`))
          sources.push({ path: `${folder}/${name}/src/${path}`, text: await readFile(join(src, path), 'utf8') });
      }
    }
  }
  return sources;
}

export const readRunbook = (): Promise<string> => readFile(join(root, 'docs/runbook.md'), 'utf8');

/** Names of metrics that sources make. Where a file puts names together behind a prefix, each word in it may be one. */
export const metricsIn = (sources: Source[]): Set<string> =>
  new Set(
    sources.flatMap(({ text }) => {
      const prefixes = [...text.matchAll(/`(reelay_[a-z0-9_]*_)\$\{/g)].map(([, prefix = '']) => prefix);
      const words = [...text.matchAll(/'([a-z0-9_]+)'/g)].map(([, word = '']) => word);
      const whole = words.filter((word) => word.startsWith('reelay_'));
      return [...whole, ...prefixes.flatMap((prefix) => words.map((word) => prefix + word))];
    }),
  );

/** Texts of log lines of level `warn` and above: the last argument of the call, or the only one. */
export const alarmsIn = (sources: Source[]): Map<string, string> =>
  new Map(
    sources.flatMap(({ path, text }) =>
      [...text.matchAll(/\blog\.(?:warn|error|fatal)\(/g)].flatMap(({ index, 0: call }) => {
        const literals = [...argumentsAt(text, index + call.length).matchAll(/'((?:[^'\\\n]|\\.)*)'/g)];
        const last = literals.at(-1)?.[1];
        return [[last ?? `no text in ${path} at ${index}`, path] as [string, string]];
      }),
    ),
  );

/** Up to the parenthesis that closes the call. */
function argumentsAt(text: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; depth > 0 && end < text.length; end++) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
  return text.slice(start, end - 1);
}

/** Log texts that the runbook explains: all that stands in backticks in its items that begin with `- Log:`. */
export const explainedIn = (runbook: string): Set<string> =>
  new Set(
    [...runbook.matchAll(/^- Log:(?:.+\n?)(?: {2}.+\n?)*/gm)].flatMap(([item]) =>
      [...item.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
    ),
  );

/** What does not fit between sources and runbook; empty when all does. */
export function misfits(sources: Source[], runbook: string): string[] {
  const [made, logged, explained] = [metricsIn(sources), alarmsIn(sources), explainedIn(runbook)];
  const named = new Set([...runbook.matchAll(/reelay_[a-z0-9_]*[a-z0-9]/g)].map(([name]) => name));
  return [
    ...[...named].filter((name) => !made.has(name)).map((name) => `no such metric: ${name}`),
    ...[...logged].filter(([text]) => !explained.has(text)).map(([text, path]) => `no entry for "${text}" of ${path}`),
    ...[...explained].filter((text) => !logged.has(text)).map((text) => `nobody logs "${text}"`),
  ];
}
