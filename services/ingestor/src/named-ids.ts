import type { LogEvent } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import type { DetailKind } from '@reelay/shared/storage';

const waitingMax = 10_000;
const recentMax = 100_000;
const recentMs = 3_600_000;

/** An id that waits; `renewed`: it may exist now although it was unknown a moment ago. */
export interface NamedId {
  id: string;
  renewed: boolean;
}

/**
 * Ids that lines name and whose details are wanted at once: the user and the movies of a recommendation line, the user of a new
 * account. `notice` is called for every line, so it costs next to nothing; beyond the bound ids are left to the crawl.
 */
export class NamedIds {
  readonly #clock: Clock;
  readonly #waiting: Record<DetailKind, Map<string, NamedId>> = { user: new Map(), movie: new Map() };
  /** Noticed within the last hour or so: not looked up again for each line. */
  readonly #recent: Record<DetailKind, Set<string>> = { user: new Set(), movie: new Set() };
  #recentSince: number;
  /** Ids that found no room. */
  dropped = 0;
  /** Called when something waits that did not. */
  onNamed: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#recentSince = clock.monotonicMs();
  }

  notice(event: LogEvent): void {
    if (event.kind === 'account') this.#add('user', String(event.userId), true);
    if (event.kind !== 'recommendation') return;
    this.#add('user', String(event.userId), false);
    for (const movieId of event.movieIds) this.#add('movie', movieId, false);
  }

  has(kind: DetailKind): boolean {
    return this.#waiting[kind].size > 0;
  }

  /** Takes up to `most`, first come first served. */
  take(kind: DetailKind, most: number): NamedId[] {
    const taken = [...this.#waiting[kind].values().take(most)];
    for (const { id } of taken) this.#waiting[kind].delete(id);
    return taken;
  }

  #add(kind: DetailKind, id: string, renewed: boolean): void {
    const recent = this.#recentOf(kind);
    if (recent.has(id) && !renewed) return;
    const waiting = this.#waiting[kind];
    if (waiting.size >= waitingMax) {
      this.dropped += 1;
      return;
    }
    recent.add(id);
    waiting.set(id, { id, renewed });
    this.onNamed();
  }

  #recentOf(kind: DetailKind): Set<string> {
    const now = this.#clock.monotonicMs();
    if (now - this.#recentSince > recentMs) {
      this.#recent.user.clear();
      this.#recent.movie.clear();
      this.#recentSince = now;
    }
    if (this.#recent[kind].size >= recentMax) this.#recent[kind].clear();
    return this.#recent[kind];
  }
}
