import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { listFigures } from '../packages/recommender/src/index.ts';
import { makePeers } from './compare-models/python-environment.ts';
import { writeSplit, type SplitFiles } from './compare-models/write-split.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';

const help = `node scripts/with-node.mjs bench/compare-models.ts [options]

Our models beside scikit-surprise (SVD, SVD++) and implicit (ALS) on the same rows, each in a process of its own, in turns: quality, seconds of
training, peak memory, and lists a second for all users at once. Makes a Python environment with the peers (pip, the configured registry).

options    --data <folder>      with ml-100k and ml-1m; else REELAY_DATA
           --only ratings,lists both by default
           --million            ratings on ml-1m too, without SVD++
           --slow               SVD++ on ml-1m, too (half an hour and more)
           --peers <folder>     the Python environment; a temporary one when absent
           --python python3     --threads 2     --json

example    node scripts/with-node.mjs bench/compare-models.ts --data data --peers .peers --only lists`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    data: { type: 'string' },
    only: { type: 'string', default: 'ratings,lists' },
    million: { type: 'boolean' },
    slow: { type: 'boolean' },
    peers: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

interface Figures {
  seconds: number;
  peakMiB: number;
  rmse?: number;
  mae?: number;
  usersPerSecond?: number;
  'ndcg@10'?: number;
  'recall@20'?: number;
}

interface Compared extends Figures {
  data: string;
  model: string;
}

const run = promisify(execFile);
const data = values.data ?? process.env.REELAY_DATA ?? '';
const work = await mkdtemp(join(tmpdir(), 'reelay-compare-'));
const compared: Compared[] = [];

async function measure(side: 'ours' | 'peers', name: string, files: SplitFiles, python: string): Promise<Figures> {
  const lists = join(work, `${side}-${name}.csv`);
  const args = [name, files.train, files.test, lists, values.threads];
  const own = join(import.meta.dirname, 'compare-models', side === 'ours' ? 'run-ours.ts' : 'peers.py');
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  const { stdout } = await run(side === 'ours' ? process.execPath : python, [own, ...args], {
    env,
    maxBuffer: 1 << 26,
  });
  const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures;
  return figures.usersPerSecond === undefined ? figures : { ...figures, ...(await listQuality(lists, files)) };
}

/** The lists of both sides are judged by the same code. */
async function listQuality(file: string, { table, split }: SplitFiles) {
  const wanted = Map.groupBy(split.test, (row) => table.user[row]);
  const sums = { ndcg: 0, recall: 0 };
  const rows = (await readFile(file, 'latin1')).trim().split('\n').map((line) => line.split(',').map(Number)); // prettier-ignore
  for (const [user, ...list] of rows) {
    const relevant = new Set((wanted.get(user) ?? []).map((row) => table.item[row]));
    sums.ndcg += listFigures(list, relevant, 10).ndcg;
    sums.recall += listFigures(list, relevant, 20).recall;
  }
  return { 'ndcg@10': sums.ndcg / wanted.size, 'recall@20': sums.recall / wanted.size };
}

async function compare(folder: string, kind: 'random' | 'last', peers: string[], ours: string[], python: string) {
  const files = await writeSplit(join(data, folder), kind, work);
  for (const [at, name] of peers.entries()) {
    for (const [side, model] of [
      ['peers', name],
      ['ours', ours[at]],
    ] as const) {
      // prettier-ignore
      if (model === undefined) continue;
      console.error(`${folder}: ${model} …`);
      compared.push({ data: folder, model: side === 'ours' ? `reelay ${model}` : model, ...(await measure(side, model, files, python)) }); // prettier-ignore
    }
  }
}

try {
  if (data === '') throw new Error('where the data is: --data <folder> or REELAY_DATA');
  const python = await makePeers(values.peers ?? join(work, 'peers'), values.python);
  const parts = values.only.split(',');
  if (parts.includes('ratings')) await compare('ml-100k', 'random', ['svd', 'svdpp'], ['ratings-quick', 'ratings'], python); // prettier-ignore
  if (parts.includes('ratings') && (values.million || values.slow))
    await compare('ml-1m', 'random', ['svd', ...(values.slow ? ['svdpp'] : [])], ['ratings'], python);
  if (parts.includes('lists')) await compare('ml-1m', 'last', ['als'], ['lists'], python);
  if (values.json)
    console.log(JSON.stringify({ machine: describeMachine({ threads: values.threads }), compared }, null, 2));
  else console.table(compared.map(rounded));
} finally {
  await rm(work, { recursive: true, force: true });
}

function rounded(row: Compared): Record<string, string> {
  const digits: Partial<Record<keyof Compared, number>> = { seconds: 2, peakMiB: 0, usersPerSecond: 0 };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'number' ? value.toFixed(digits[name as keyof Compared] ?? 4) : String(value)])); // prettier-ignore
}
