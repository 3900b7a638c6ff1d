import { chooseFreely, chooseFromList } from './choice.ts';
import { enjoymentOf, lastMinuteOf, ratingOf } from './enjoyment.ts';
import { formatAccount, formatRate, formatRecommendation, type RequestResult } from './format-line.ts';
import { formatLogTime } from './log-time.ts';
import type { Population } from './population.ts';
import { Random } from './random.ts';
import { SecondWheel } from './second-wheel.ts';

export interface Behaviour {
  ratingMax: 5 | 10;
  /** Ratings per watch line: who watched `n` minutes rates with probability `n` times this (at most 0.95). */
  ratingShare: number;
  /** Probability that somebody who took nothing from a list (or got none) takes a movie of their own choice. */
  ownChoice: number;
  /** `host:port` as recommendation lines name it. */
  server: string;
}

/** Somebody comes. `result` is what they were shown; absent when they did not ask. */
export interface Visit {
  /** Counts the visits; what a visitor decides depends on the seed, this number and `result` alone. */
  sequence: number;
  nanosecond: number;
  /** Place of the user. */
  user: number;
  result?: RequestResult;
}

export interface WorldCounts {
  viewings: number;
  ratings: number;
  /** Viewings of a movie taken from the list that was just shown. */
  watchedRecommended: number;
}

interface Viewing {
  user: number;
  movie: number;
  /** Line after the time, up to the minute. */
  path: string;
  minute: number;
  lastMinute: number;
  /** −1 when the viewing ends without. */
  rating: number;
}

/** Share of new users whose coming writes an account line (the others had one before). */
const accountShare = 0.1;
/** Probability that a visitor rates anew what they rated last. */
const reRateShare = 0.02;

/**
 * What people do, second by second, as log lines. It goes forward only: `second(t, visits)` for each t in turn, with the
 * visits of that second. A viewing writes a line a minute, and a rating 5 to 45 seconds after its last one.
 */
export class World {
  readonly counts: WorldCounts = { viewings: 0, ratings: 0, watchedRecommended: 0 };
  private readonly wheel = new SecondWheel<Viewing>();
  private readonly seen: (Set<number> | undefined)[] = [];
  private readonly busy: Uint8Array;
  private readonly lastRated: Int32Array;
  private readonly population: Population;
  private readonly behaviour: Behaviour;
  /** Sets the visits of this world apart from those of another one on the same population. */
  private readonly stream: string;

  constructor(population: Population, behaviour: Behaviour, stream: string) {
    this.population = population;
    this.behaviour = behaviour;
    this.stream = stream;
    this.busy = new Uint8Array(population.userIds.length);
    this.lastRated = new Int32Array(population.userIds.length).fill(-1);
  }

  isBusy(user: number): boolean {
    return this.busy[user] === 1;
  }

  /** Nobody watches any more. */
  get idle(): boolean {
    return this.wheel.size === 0;
  }

  /** Lines of one second, in order: whole seconds first, then those with a fraction. */
  second(time: number, visits: readonly Visit[], out: string[]): void {
    const due = this.wheel.take(time);
    if (due.length > 0) this.goOn(time, due, out);
    for (const visit of visits)
      this.arrive(time, visit.user, new Random(this.population.seed, this.stream, 'account', visit.sequence), out);
    for (const visit of visits) this.act(time, visit, out);
  }

  private goOn(time: number, due: Viewing[], out: string[]): void {
    const prefix = `${formatLogTime(time)},`;
    for (const viewing of due) {
      if (viewing.minute > viewing.lastMinute) this.rate(time, viewing, out);
      else this.watch(time, viewing, prefix, out);
    }
  }

  private watch(time: number, viewing: Viewing, prefix: string, out: string[]): void {
    out.push(`${prefix}${viewing.path}${viewing.minute}.mpg`);
    if (viewing.minute++ < viewing.lastMinute) return this.wheel.put(time + 60, viewing);
    if (viewing.rating < 0) this.busy[viewing.user] = 0;
    // Spread without a draw, so that the number of lines does not move what comes later.
    else this.wheel.put(time + 5 + ((viewing.movie + viewing.user) % 41), viewing);
  }

  private rate(time: number, { user, movie, rating }: Viewing, out: string[]): void {
    this.busy[user] = 0;
    this.lastRated[user] = movie;
    this.writeRating(time, user, movie, rating, out);
  }

  private writeRating(time: number, user: number, movie: number, rating: number, out: string[]): void {
    const { userIds, catalogue } = this.population;
    out.push(formatRate(time, userIds[user], catalogue.movies[movie].id, rating));
    this.counts.ratings++;
  }

  /** First coming of a user in this world, and ratings that somebody thinks over. */
  private arrive(time: number, user: number, random: Random, out: string[]): void {
    if (!this.seen[user]) {
      this.seen[user] = new Set();
      if (random.chance(accountShare)) out.push(formatAccount(time, this.population.userIds[user]));
    }
    const movie = this.lastRated[user];
    if (movie < 0 || !random.chance(reRateShare)) return;
    const enjoyment = enjoymentOf(this.population, user, movie, random);
    this.writeRating(time, user, movie, ratingOf(enjoyment, this.behaviour.ratingMax), out);
  }

  private act(time: number, visit: Visit, out: string[]): void {
    const { population, behaviour } = this;
    const { user, nanosecond, result } = visit;
    const random = new Random(population.seed, this.stream, 'visit', visit.sequence);
    if (result) {
      out.push(formatRecommendation({ second: time, nanosecond }, population.userIds[user], behaviour.server, result));
    }
    // Who watches something already only has a look.
    if (this.busy[user]) return;
    const movie = this.choose(user, result, random);
    if (movie >= 0) this.begin(time, user, movie, random);
  }

  private choose(user: number, result: RequestResult | undefined, random: Random): number {
    const { population } = this;
    const seen = this.seen[user] as Set<number>;
    if (result?.status === 200) {
      const list = result.movieIds.map((id) => population.catalogue.placeOf.get(id) ?? -1);
      const index = chooseFromList(population, user, list, seen, random);
      if (index >= 0) {
        this.counts.watchedRecommended++;
        return list[index];
      }
    }
    return random.chance(this.behaviour.ownChoice) ? chooseFreely(population, user, seen, random) : -1;
  }

  private begin(time: number, user: number, movie: number, random: Random): void {
    const { population, behaviour } = this;
    const { id, runtime } = population.catalogue.movies[movie];
    const enjoyment = enjoymentOf(population, user, movie, random);
    const lastMinute = lastMinuteOf(enjoyment, runtime, random);
    const rates = random.chance(Math.min(0.95, (lastMinute + 1) * behaviour.ratingShare));
    const rating = rates ? ratingOf(enjoyment, behaviour.ratingMax) : -1;
    const path = `${population.userIds[user]},GET /data/m/${id}/`;
    this.wheel.put(time + 2 + random.below(20), { user, movie, path, minute: 0, lastMinute, rating });
    this.seen[user]?.add(movie);
    this.busy[user] = 1;
    this.counts.viewings++;
  }
}
