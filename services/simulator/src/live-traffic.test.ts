import { describe, expect, test } from 'vitest';
import type { RequestResult } from './format-line.ts';
import { keepsTheRules } from './line-check.ts';
import { LiveTraffic, type TrafficOptions } from './live-traffic.ts';
import { parseLogTime } from './log-time.ts';
import { rankAtRandom, rankByTruth, type Ranker } from './oracle.ts';
import { createPopulation } from './population.ts';
import type { Recommend } from './request-recommendations.ts';

const population = createPopulation({ seed: 6, preset: 'tiny' });
const startTime = parseLogTime('2031-05-06T07:08:09') as number;
const options: TrafficOptions = {
  rate: 10,
  speed: 60,
  startTime,
  dirt: 0,
  behaviour: { ratingMax: 5, ratingShare: 0.011, ownChoice: 0.3, server: 'team.example:8082' },
};

const listsBy =
  (rank: Ranker): Recommend =>
  async (userId) => ({ status: 200, movieIds: rank(userId, [], 20), latencyMs: 12 });

/** Lets answers that are there already arrive. */
const arrivals = () => new Promise<void>((resolve) => void setImmediate(resolve));

async function play(recommend: Recommend, changes: Partial<TrafficOptions> = {}, seconds = 60) {
  const traffic = new LiveTraffic(population, recommend, { ...options, ...changes });
  const lines: string[] = [];
  for (let elapsedMs = 0; elapsedMs <= seconds * 1_000; elapsedMs += 500) {
    traffic.send(elapsedMs);
    await arrivals();
    lines.push(...traffic.settle());
  }
  return { traffic, lines };
}

describe('live lines', () => {
  test('keep to the rules and to the order of time', async () => {
    const { lines, traffic } = await play(listsBy(rankByTruth(population)));
    const times = lines.map((line) => line.split(',')[0].padEnd(19, ':00').padEnd(29, '.000000000'));
    expect(traffic.stats).toMatchObject({ requests: 601, inTime: 601, skipped: 0, lines: lines.length });
    expect(lines.filter((line) => !keepsTheRules(line, 5))).toEqual([]);
    expect(lines.filter((line) => line.includes(', status 200, '))).toHaveLength(600);
    expect(lines.filter((line) => line.includes('GET /data/m/')).length).toBeGreaterThan(1_000);
    expect(lines.filter((line) => line.includes('GET /rate/')).length).toBeGreaterThan(0);
    expect(times).toEqual(times.toSorted());
  });

  test('are the same for a seed and its answers, whenever these arrive, and others for other answers', async () => {
    const rank = rankByTruth(population);
    const atOnce = await play(listsBy(rank));
    let held: (() => void)[] = [];
    // Every answer waits until five are there, and then they come in reverse order.
    const reversed = await play((userId) => {
      const answer = listsBy(rank)(userId);
      return new Promise((resolve) => {
        held.push(() => resolve(answer));
        if (held.length < 5) return;
        for (const release of held.reverse()) release();
        held = [];
      });
    });
    const other = await play(listsBy(rankAtRandom(population, 1)));
    const shared = reversed.lines.length;
    expect(shared).toBeGreaterThan(1_000);
    expect(reversed.lines).toEqual(atOnce.lines.slice(0, shared));
    expect(other.lines.slice(0, shared)).not.toEqual(atOnce.lines.slice(0, shared));
  });

  test('tell of failures as they were', async () => {
    const failed: RequestResult = {
      status: 0,
      error: 'dispatch.StatusCode: Unexpected response status: 500',
      latencyMs: 5,
    };
    const { lines, traffic } = await play(async () => failed);
    expect(traffic.stats).toMatchObject({ inTime: 0, watchedRecommended: 0 });
    expect(
      lines.filter((line) =>
        line.endsWith('status 0, result: dispatch.StatusCode: Unexpected response status: 500, 5 ms'),
      ),
    ).toHaveLength(600);
    // Some people find something by themselves.
    expect(traffic.stats.viewings).toBeGreaterThan(0);
  });

  test('wait for an answer that is owed, and for no other', async () => {
    const traffic = new LiveTraffic(population, () => new Promise(() => {}), { ...options, visitsMax: 7 });
    traffic.send(2_000);
    await arrivals();
    expect(traffic.settle()).toEqual([]);
    expect(traffic.logTime).toBe(startTime);
    expect(traffic.stats).toMatchObject({ requests: 7, skipped: 14 });
  });

  test('are soiled as often as asked for', async () => {
    const { lines, traffic } = await play(listsBy(rankByTruth(population)), { dirt: 1 });
    expect(traffic.stats.dirty).toBe(lines.length);
  });
});

test('who is shown the own best list watches more of it than who is shown a random one', async () => {
  const best = await play(listsBy(rankByTruth(population)));
  const random = await play(listsBy(rankAtRandom(population, 1)));
  expect(random.traffic.stats.watchedRecommended).toBeGreaterThan(0);
  expect(best.traffic.stats.watchedRecommended).toBeGreaterThan(2 * random.traffic.stats.watchedRecommended);
});
