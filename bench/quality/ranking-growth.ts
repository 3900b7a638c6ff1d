import {
  buildInteractions,
  defaultEase,
  defaultObjective,
  easeBytes,
  type InteractionRow,
  type Interactions,
} from '../../packages/recommender/src/index.ts';
import { trainEaseInThreads } from '../../services/trainer/src/ranking/train-in-parts.ts';
import { trainInThreads } from '../../services/trainer/src/train-in-threads.ts';
import { createDraws } from './rating-splits.ts';

/** What one size costs; a process of its own measures one, so that the peak memory is its own. */
export interface GrowthFigure {
  readonly interactions: number;
  readonly users: number;
  readonly items: number;
  readonly threads: number;
  /** Of one pass over users and items. */
  readonly alsSecondsPerSweep: number;
  /** Of all threads; what else the machine does counts less here. */
  readonly alsCpuSecondsPerSweep: number;
  readonly easeSeconds: number;
  readonly easeCpuSeconds: number;
  readonly easeItems: number;
  readonly easeBytes: number;
  readonly rssPeakBytes: number;
}

/** About so many interactions as MovieLens 1M has: 165 a user, few items with most of them. */
export function drawInteractions(millions: number): Interactions {
  const users = Math.round(6_040 * millions);
  const items = Math.round(3_706 * Math.sqrt(millions));
  const draws = createDraws(millions);
  function* rows(): Generator<InteractionRow> {
    for (let user = 0; user < users; user += 1) {
      // Duplicates fall together, so some more are drawn.
      for (let at = 0; at < 178; at += 1) {
        const item = Math.floor(items * (draws.below(1 << 24) / (1 << 24)) ** 2);
        yield { user, item, confidence: 1 };
      }
    }
  }
  return buildInteractions(rows(), { users, items });
}

const sweeps = 3;

export async function measureGrowth(millions: number, factors: number, threads: number): Promise<GrowthFigure> {
  const interactions = drawInteractions(millions);
  const settings = { factors, objective: defaultObjective, seed: 1 };
  const secondsOf = async (work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> => {
    const begun = performance.now();
    const used = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(used);
    return { wall: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 };
  };
  // What threads and copies cost at the start falls out of the difference.
  const one = await secondsOf(() => trainInThreads(interactions, { ...settings, sweeps: 1 }, { threads }));
  const more = await secondsOf(() => trainInThreads(interactions, { ...settings, sweeps: 1 + sweeps }, { threads }));
  const ease = await secondsOf(() => trainEaseInThreads(interactions, defaultEase, { threads }));
  return {
    interactions: interactions.item.length,
    users: interactions.users,
    items: interactions.items,
    threads,
    alsSecondsPerSweep: (more.wall - one.wall) / sweeps,
    alsCpuSecondsPerSweep: (more.cpu - one.cpu) / sweeps,
    easeSeconds: ease.wall,
    easeCpuSeconds: ease.cpu,
    easeItems: Math.min(interactions.items, defaultEase.itemsMax),
    easeBytes: easeBytes(interactions.items, defaultEase, threads).training,
    rssPeakBytes: process.resourceUsage().maxRSS * 1024,
  };
}
