import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openArtifactStore } from '@reelay/shared/storage';
import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { residentBytes, type Costs } from './cpu-of.ts';
import { drawPlot, type Series } from './draw-plot.ts';
import { openFullPath, type SizeOptions } from './full-path.ts';
import { runRounds } from './measure-processes.ts';
import type { CostOptions } from './measure-transport.ts';
import { versionOf } from './place-model.ts';
import { shares } from './read-metrics.ts';

interface Point {
  at: number;
  rate: number;
  costs: Record<string, number>;
  workerMegabytes: number;
  artifactMegabytes: number;
}

interface Case {
  items: number;
  users: number;
  workers: number;
}

const middle = (figures: number[]): number => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
const dimensions = {
  items: [1_000, 10_000, 27_000, 100_000],
  workers: [1, 2, 4],
  users: [1_000, 100_000, 1_000_000],
} as const;
/** Enough to keep four workers busy, and few enough that the largest catalogue answers in time. */
const inFlight = 16;
const plots = join(import.meta.dirname, '../../docs/plots');

/** The full path at growing numbers of items, workers and users; a plot each in `docs/plots`. */
export async function measureGrowth(world: CostWorld, options: CostOptions & SizeOptions): Promise<Row[]> {
  await mkdir(plots, { recursive: true });
  const rows: Row[] = [];
  for (const dimension of ['items', 'workers', 'users'] as const) {
    const points: Point[] = [];
    for (const at of dimensions[dimension]) {
      const one: Case = { items: options.items, users: 1_000_000, workers: 1, [dimension]: at };
      const { point, shown } = await measureCase(world, options, one, at);
      points.push(point);
      rows.push(...shown.map((made) => ({ ...made, measure: `${at} ${dimension}: ${made.measure}` })));
    }
    await writeFile(join(plots, `growth-${dimension}.svg`), plotOf(dimension, points));
  }
  return rows;
}

async function measureCase(
  world: CostWorld,
  options: CostOptions & SizeOptions,
  { items, users, workers }: Case,
  at: number,
) {
  const namespace = `growth-${items}-${users}-${workers}`;
  const asked = Math.min(options.requests, users);
  const { factors, history } = options;
  const path = await openFullPath(world, { namespace, asked, users, workers, items, factors, history });
  try {
    const { rates, costs, outcomes } = await runRounds(world, path, { ...options, requests: asked }, inFlight);
    const resident = path.workers.map(({ pid }) => residentBytes(pid) / 2 ** 20);
    const point: Point = {
      at,
      rate: middle(rates),
      costs: medians(costs),
      workerMegabytes: middle(resident),
      artifactMegabytes: (await artifactBytes(world, versionOf({ items, factors, users }))) / 2 ** 20,
    };
    const shown = [
      row(`answers, ${inFlight} in flight`, '/s', rates, shares(outcomes)),
      row('CPU an answer, all processes', 'µs', costs['all of them']),
      row('memory of a worker', 'MiB', resident, `artifact ${point.artifactMegabytes.toFixed(1)} MiB`),
    ];
    return { point, shown };
  } finally {
    await path.stop();
  }
}

const medians = (costs: Costs): Record<string, number> =>
  Object.fromEntries(Object.entries(costs).map(([name, figures]) => [name, middle(figures)]));

/** Of all files of a version together. */
async function artifactBytes({ urls }: CostWorld, version: string): Promise<number> {
  const artifacts = await openArtifactStore(urls.ARTIFACTS_URL);
  const { files } = await artifacts.manifest(version);
  await artifacts.close();
  return Object.values(files).reduce((total, { bytes }) => total + bytes, 0);
}

function plotOf(dimension: string, points: Point[]): string {
  const line = (name: string, of: (point: Point) => number): Series => ({
    name,
    points: points.map((point) => [point.at, of(point)]),
  });
  const series = [
    line('answers a second', ({ rate }) => rate),
    line('CPU, all (µs)', ({ costs }) => costs['all of them']),
    line('worker (MiB)', ({ workerMegabytes }) => workerMegabytes),
    line('artifact (MiB)', ({ artifactMegabytes }) => artifactMegabytes),
  ];
  return drawPlot({ title: `The full path by number of ${dimension}`, x: dimension, y: 'unit in the key', series });
}
