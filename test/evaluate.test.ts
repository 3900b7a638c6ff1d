import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawMovieLens } from './draw-movielens.ts';

const main = join(import.meta.dirname, '../services/all-in-one/src/main.ts');
let folder: string;
let rows: number[][];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-evaluate-'));
  await drawMovieLens(join(folder, 'ml'));
  rows = (await readFile(join(folder, 'ml/u.data'), 'utf8')).trim().split('\n').map((line) => line.split('\t').map(Number)); // prettier-ignore
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Figures {
  rmse: number;
  mae: number;
  'ndcg@10': number;
  'recall@20': number;
}

type Told = Record<'served' | 'bias-only' | 'popularity', Figures> & { seconds: number };

function evaluate(...args: string[]): Promise<{ code: number; told: Told; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'evaluate', '--budget', '0.1', ...args, '--json'], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, told: stdout === '' ? ({} as Told) : (JSON.parse(stdout) as Told), stderr }),
    );
  }); // prettier-ignore
}

test('a folder, a CSV with a header and one packed without: the same rows, the same figures, and no other keys', async () => {
  const text = rows.map((row) => row.join(',')).join('\n');
  const headed = join(folder, 'headed.csv');
  await writeFile(headed, `userId,movieId,rating,timestamp\n${text}\n`);
  const packed = join(folder, 'bare.csv.gz');
  await writeFile(packed, gzipSync(text));
  const testRows = join(folder, 'rows.txt');
  const tested = rows.map((_, row) => row).filter((row) => row % 10 === 3);
  await writeFile(testRows, tested.join('\n'));
  const all = [];
  for (const data of [join(folder, 'ml'), headed, packed]) {
    const { code, told } = await evaluate('--data', data, '--test-rows', testRows, '--relevant', '3');
    expect(code).toBe(0);
    expect(Object.keys(told)).toEqual(['served', 'bias-only', 'popularity', 'seconds']);
    for (const model of ['served', 'bias-only', 'popularity'] as const) expect(Object.keys(told[model])).toEqual(['rmse', 'mae', 'ndcg@10', 'recall@20']); // prettier-ignore
    all.push(told);
  }
  for (const told of all) expect(told.popularity).toEqual(expect.objectContaining(popularityByHand(tested, 3)));
  expect(all[1]['bias-only']).toEqual(all[0]['bias-only']);
  expect(all[1].served).toEqual(all[2].served);
}, 120_000);

/** The list of the most rated items over the whole catalogue, from nothing but the rows; ties by first appearance. */
function popularityByHand(tested: number[], relevantFrom: number) {
  const train = rows.filter((_, row) => !tested.includes(row));
  const items = [...new Set(rows.map(([, item]) => item))];
  const count = new Map(items.map((item) => [item, train.filter(([, other]) => other === item).length]));
  const sums = { ndcg: 0, recall: 0, users: 0 };
  for (const user of new Set(tested.map((row) => rows[row][0]))) {
    const known = train.filter(([own]) => own === user).map(([, item]) => item);
    const relevant = tested.map((row) => rows[row]).filter(([own, item, rating]) => own === user && rating >= relevantFrom && !known.includes(item)).map(([, item]) => item); // prettier-ignore
    if (relevant.length === 0) continue;
    const list = items.filter((item) => !known.includes(item)).sort((a, b) => count.get(b)! - count.get(a)! || items.indexOf(a) - items.indexOf(b)); // prettier-ignore
    const gain = (at: number) => 1 / Math.log2(at + 2);
    const dcg = list.slice(0, 10).reduce((sum, item, at) => sum + (relevant.includes(item) ? gain(at) : 0), 0);
    sums.ndcg += dcg / relevant.slice(0, 10).reduce((sum, _, at) => sum + gain(at), 0);
    sums.recall += list.slice(0, 20).filter((item) => relevant.includes(item)).length / relevant.length;
    sums.users += 1;
  }
  expect(sums.users).toBeGreaterThan(50);
  return { 'ndcg@10': expect.closeTo(sums.ndcg / sums.users, 9) as number, 'recall@20': expect.closeTo(sums.recall / sums.users, 9) as number }; // prettier-ignore
}

test('a report is written: one JSON, one page', async () => {
  const report = join(folder, 'report');
  const { told } = await evaluate('--data', join(folder, 'ml'), '--split', 'last', '--report', report);
  const written = JSON.parse(await readFile(join(report, 'report.json'), 'utf8')) as {
    models: { served: { summary: Figures } };
  };
  expect(written.models.served.summary).toMatchObject({ ...told.served });
  expect(await readFile(join(report, 'report.html'), 'utf8')).toContain('</svg>');
}, 60_000);

test('what cannot be evaluated is one sentence with a code', async () => {
  const bad = join(folder, 'bad.csv');
  await writeFile(bad, '1,1,5\n1,2,NaN\n2,1,3\n');
  const { code, stderr } = await evaluate('--data', bad, '--split', 'random:0.5:1');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^reelay: .*1 RATING \(first in line 2\) \[DATA_INVALID\]$/m);
}, 30_000);
