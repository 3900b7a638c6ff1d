import { DirtClock, markOf, soil, type DirtMark } from './dirt.ts';
import type { RequestResult } from './format-line.ts';
import { createFormerService } from './former-service.ts';
import { parseLogTime } from './log-time.ts';
import type { Population } from './population.ts';
import { Random } from './random.ts';
import { WeightedDraw } from './weighted-draw.ts';
import { World, type Behaviour, type Visit } from './world.ts';

export interface HistoryLine {
  line: string;
  /** Log time, seconds since 1970; of a dirty line, the time that it had before. */
  time: number;
  /** Absent on a clean line. */
  dirty?: DirtMark;
}

export interface HistoryOptions {
  /** The history ends after this many lines, in mid-viewing; without, when the last viewing that began within `days` ends. */
  lines?: number;
  /** Log time over which the lines are spread (at least: no user can watch two movies at once). */
  days?: number;
  /** How many users take part (the first by place); the preset's number when absent. */
  usersActive?: number;
  /** Log time of the first second, seconds since 1970. */
  startTime?: number;
  /** Ratings per watch line. */
  ratingShare?: number;
  /** Recommendation lines per watch line. */
  recommendationShare?: number;
  ratingMax?: 5 | 10;
  /** Share of dirty lines. */
  dirt?: number;
}

export const historyDefaults = {
  days: 7,
  startTime: parseLogTime('2026-01-05T00:00:00') as number,
  ratingShare: 0.011,
  recommendationShare: 0.003,
  ratingMax: 5,
  dirt: 0.001,
} as const;

/** Viewings a day of an active user, where no number of lines is asked for. */
const viewingsPerDay = 1.5;

/**
 * The log of a time before the platform: what the population watched and rated by its own choice, and asked of a former
 * service. In order of time, made as it is read; the same lines for the same population and options.
 */
export function* generateHistory(population: Population, options: HistoryOptions = {}): Generator<HistoryLine, void> {
  const settings = { ...historyDefaults, ...options };
  const clock = new DirtClock(settings.dirt, new Random(population.seed, 'when dirty'));
  const random = new Random(population.seed, 'dirt');
  let left = settings.lines ?? Infinity;
  for (const { line, time } of cleanLines(population, settings)) {
    if (left-- <= 0) return;
    if (!clock.strikes()) yield { line, time };
    else {
      const soiled = soil(line, random);
      yield { line: soiled, time, dirty: markOf(soiled, settings.ratingMax) };
    }
  }
}

type Settings = HistoryOptions & Required<Omit<HistoryOptions, 'lines' | 'usersActive'>>;

function* cleanLines(population: Population, settings: Settings): Generator<{ line: string; time: number }> {
  const minutes = minutesPerViewing(population);
  const behaviour: Behaviour = { ...settings, ownChoice: 1, server: 'recommender.example:8082' };
  const world = new World(population, behaviour, 'history');
  const visitors = new Visitors(population, settings, minutes);
  const end = settings.lines === undefined ? settings.startTime + settings.days * 86_400 : Infinity;
  const out: string[] = [];
  for (let time = settings.startTime; time < end || !world.idle; time++) {
    world.second(time, time < end ? visitors.of(time, world) : [], out);
    for (const line of out) yield { line, time };
    out.length = 0;
  }
}

/** About what a viewing writes: most people stay to the end, the others for a third. */
function minutesPerViewing({ catalogue: { movies } }: Population): number {
  return (0.8 * movies.reduce((sum, { runtime }) => sum + runtime, 0)) / movies.length;
}

/** Who comes when: a Poisson stream, more in the evening than in the morning. */
class Visitors {
  private readonly random: Random;
  private readonly draw: WeightedDraw;
  private readonly perSecond: number;
  private readonly asks: number;
  private readonly ask: (random: Random) => RequestResult;
  private next: number;
  private sequence = 0;

  constructor(population: Population, settings: Settings, minutes: number) {
    this.random = new Random(population.seed, 'visitors');
    const users = Math.min(settings.usersActive ?? population.preset.usersActive, population.userIds.length);
    this.draw = new WeightedDraw(population.activity.slice(0, users));
    const viewings = settings.lines === undefined ? viewingsPerDay * users * settings.days : settings.lines / minutes;
    this.perSecond = viewings / (settings.days * 86_400);
    this.asks = Math.min(1, settings.recommendationShare * minutes);
    this.ask = createFormerService(population);
    this.next = settings.startTime + this.random.gap(this.perSecond);
  }

  of(time: number, world: World): Visit[] {
    const visits: Visit[] = [];
    while (this.next < time + 1) {
      const nanosecond = Math.floor((this.next - time) * 1e6) * 1_000;
      const visit = this.visit(Math.max(0, nanosecond), world, visits);
      if (visit) visits.push(visit);
      this.next += this.random.gap(this.perSecond * (1 + 0.6 * Math.sin((2 * Math.PI * (time - 50_400)) / 86_400)));
    }
    return visits;
  }

  /** Somebody who has time; nobody, when all who were thought of are watching. */
  private visit(nanosecond: number, world: World, others: Visit[]): Visit | undefined {
    for (let attempt = 0; attempt < 8; attempt++) {
      const user = this.draw.draw(this.random);
      if (world.isBusy(user) || others.some((visit) => visit.user === user)) continue;
      const visit: Visit = { sequence: this.sequence++, nanosecond: refine(nanosecond, this.random), user };
      if (this.random.chance(this.asks)) visit.result = this.ask(this.random);
      return visit;
    }
    return undefined;
  }
}

/** Most clocks of the log know nanoseconds; some lines come out shorter by chance of their last digits. */
const refine = (nanosecond: number, random: Random): number =>
  nanosecond + (random.chance(0.7) ? random.below(1_000) : 0);
