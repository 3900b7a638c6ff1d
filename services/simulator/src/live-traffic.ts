import { DirtClock, soil } from './dirt.ts';
import { exampleUserIds, type Population } from './population.ts';
import { Random } from './random.ts';
import type { Recommend } from './request-recommendations.ts';
import { WeightedDraw } from './weighted-draw.ts';
import { World, type Behaviour, type Visit } from './world.ts';

export interface TrafficOptions {
  /** Requests a second of real time. */
  rate: number;
  /** Seconds of log time in a second of real time. */
  speed: number;
  /** Log time of the beginning, seconds since 1970. */
  startTime: number;
  /** Share of dirty lines. */
  dirt: number;
  behaviour: Behaviour;
  /** Requests and answers kept at most; what is due beyond is left out and counted. */
  visitsMax?: number;
}

export interface TrafficStats {
  requests: number;
  /** Answered with a list in time (`status 200`). */
  inTime: number;
  /** Not sent, since too many were waiting. */
  skipped: number;
  lines: number;
  dirty: number;
  viewings: number;
  ratings: number;
  /** Viewings of a movie taken from the list just shown. */
  watchedRecommended: number;
}

/** Most users that are proposed to a reader. */
const examplesKept = 5;

/** `visit.result` comes with the answer. */
interface Asked {
  second: number;
  visit: Visit;
}

/**
 * People who ask for a recommendation and do something with it. Request n is due n/rate seconds after the beginning, whatever became of
 * the others (open loop). A second of the log is written when it is over *and* its requests are answered, so the lines are in order
 * and depend on nothing but the seed, the beginning and the answers.
 */
export class LiveTraffic {
  private readonly counts = { requests: 0, inTime: 0, skipped: 0, lines: 0, dirty: 0 };
  private readonly world: World;
  private readonly asked: Asked[] = [];
  private readonly visitor: WeightedDraw;
  private readonly dirtClock: DirtClock;
  private readonly dirtRandom: Random;
  private readonly stream: string;
  private readonly population: Population;
  private readonly recommend: Recommend;
  private readonly options: TrafficOptions;
  private sequence = 0;
  private sentUntilMs = 0;
  private nextSecond: number;

  constructor(population: Population, recommend: Recommend, options: TrafficOptions) {
    this.population = population;
    this.recommend = recommend;
    this.options = options;
    this.stream = `live from ${options.startTime}`;
    this.world = new World(population, options.behaviour, this.stream);
    this.visitor = new WeightedDraw(visitorWeights(population));
    this.dirtClock = new DirtClock(options.dirt, new Random(population.seed, this.stream, 'when dirty'));
    this.dirtRandom = new Random(population.seed, this.stream, 'dirt');
    this.nextSecond = options.startTime;
  }

  get stats(): TrafficStats {
    return { ...this.counts, ...this.world.counts };
  }

  /** Log time up to which lines are written. */
  get logTime(): number {
    return this.nextSecond;
  }

  /** Sends the requests that are due `elapsedMs` after the beginning. */
  send(elapsedMs: number): void {
    const { rate, visitsMax = 10_000 } = this.options;
    for (; (this.sequence * 1_000) / rate <= elapsedMs; this.sequence++) {
      if (this.asked.length >= visitsMax) this.counts.skipped++;
      else this.ask(this.sequence);
    }
    this.sentUntilMs = elapsedMs;
  }

  /** Lines of the log seconds that are over and settled since the last call. */
  settle(): string[] {
    const end = this.settledUntil();
    const lines: string[] = [];
    for (; this.nextSecond < end; this.nextSecond++) {
      const count = this.asked.findIndex(({ second }) => second > this.nextSecond);
      const due = this.asked.splice(0, count < 0 ? this.asked.length : count);
      this.world.second(
        this.nextSecond,
        due.map(({ visit }) => visit),
        lines,
      );
    }
    this.counts.lines += lines.length;
    return lines.map((line) => (this.dirtClock.strikes() ? this.spoil(line) : line));
  }

  private settledUntil(): number {
    const { startTime, speed } = this.options;
    const over = Math.floor(startTime + (this.sentUntilMs / 1_000) * speed);
    const open = this.asked.find(({ visit }) => visit.result === undefined);
    return Math.min(over, open?.second ?? Infinity);
  }

  private ask(sequence: number): void {
    const { rate, speed, startTime } = this.options;
    const logTime = (sequence / rate) * speed;
    const second = Math.floor(logTime);
    const user = this.visitor.draw(new Random(this.population.seed, this.stream, 'visitor', sequence));
    const visit: Visit = { sequence, nanosecond: Math.floor((logTime - second) * 1e6) * 1_000, user };
    this.asked.push({ second: startTime + second, visit });
    this.counts.requests++;
    void this.recommend(this.population.userIds[user]).then((result) => {
      visit.result = result;
      if (result.status === 200) this.counts.inTime++;
    });
  }

  private spoil(line: string): string {
    this.counts.dirty++;
    return soil(line, this.dirtRandom);
  }
}

/** People who are proposed to a reader to try are left to the reader: live traffic would put their answers into the cache. */
function visitorWeights(population: Population): Float64Array {
  const weights = Float64Array.from(population.activity);
  const kept = new Set(exampleUserIds(population, examplesKept));
  for (const [place, userId] of population.userIds.entries()) if (kept.has(userId)) weights[place] = 0;
  return weights;
}
