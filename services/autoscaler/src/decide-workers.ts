import { neededWorkers, type Need, type NeedReason, type NeedSettings } from './needed-workers.ts';
import { soundSignals, type WorkerSignals } from './signals.ts';

export interface PolicySettings extends NeedSettings {
  /** Fewest and most workers, whatever the signals say. */
  least: number;
  most: number;
  /** At most one change in this time. */
  intervalMs: number;
  /** Down only to what was enough for all of this time. */
  coolDownMs: number;
}

/** Why the wanted number is what it is. `kept`: nothing asks for a change, or nothing is known. `bounds`: the settings changed. */
export type ChangeReason = NeedReason | 'idle' | 'bounds' | 'kept';

/** What the policy remembers from one look to the next. */
export interface PolicyState {
  wanted: number;
  /** Time of the last change; null before the first. */
  changedAtMs: number | null;
  /** What each look of the last cool-down asked for at the most, oldest first. Empty again after a gap. */
  looks: readonly { atMs: number; most: number }[];
}

export interface Decision {
  state: PolicyState;
  reason: ChangeReason;
  /** What the signals asked for; null when they did not say. */
  need: Need | null;
}

export const startPolicy = (wanted: number): PolicyState => ({ wanted, changedAtMs: null, looks: [] });

/**
 * One look at the signals: how many workers are wanted from now on. Pure.
 *
 * Up at once, to what the load needs; down after a cool-down, to the most that any look within it needed. At most one change an interval, always
 * within the bounds. Signals that are missing or cannot be true keep what is and begin the cool-down anew; so does a clock that went back.
 */
export function decideWorkers(
  before: PolicyState,
  signals: WorkerSignals,
  nowMs: number,
  settings: PolicySettings,
): Decision {
  const state = afterClockJump(before, nowMs);
  const need = neededWorkers(soundSignals(signals), settings) ?? null;
  const looks = need === null ? [] : recent(state, need, nowMs, settings.coolDownMs);
  const asked = need === null ? undefined : askedFor(state.wanted, need, looks, nowMs, settings);
  const { wanted, reason } = withinBounds(state.wanted, asked, settings);
  const may = state.changedAtMs === null || nowMs - state.changedAtMs >= settings.intervalMs;
  if (wanted === state.wanted || !may) return { state: { ...state, looks }, reason: 'kept', need };
  return { state: { wanted, changedAtMs: nowMs, looks }, reason, need };
}

interface Asked {
  wanted: number;
  reason: ChangeReason;
}

function askedFor(
  wanted: number,
  need: Need,
  looks: PolicyState['looks'],
  nowMs: number,
  { coolDownMs }: PolicySettings,
): Asked | undefined {
  if (need.least > wanted) return { wanted: need.aim, reason: need.reason };
  const whole = looks.length > 0 && nowMs - looks[0].atMs >= coolDownMs;
  const enough = looks.reduce((most, look) => Math.max(most, look.most), 0);
  return whole && enough < wanted ? { wanted: enough, reason: 'idle' } : undefined;
}

function withinBounds(now: number, asked: Asked | undefined, { least, most }: PolicySettings): Asked {
  const wanted = Math.min(most, Math.max(least, asked?.wanted ?? now));
  return { wanted, reason: asked === undefined && wanted !== now ? 'bounds' : (asked?.reason ?? 'kept') };
}

/** Looks within the cool-down, and the last one before it, so that the whole of it is covered. */
function recent({ looks }: PolicyState, { most }: Need, nowMs: number, coolDownMs: number): PolicyState['looks'] {
  const all = [...looks, { atMs: nowMs, most }];
  const inside = all.findIndex((look) => nowMs - look.atMs < coolDownMs);
  return all.slice(Math.max(0, inside - 1));
}

/** A clock that went back would hold the next change for as long as it jumped: everything counts from now. */
function afterClockJump(state: PolicyState, nowMs: number): PolicyState {
  const last = Math.max(state.changedAtMs ?? -Infinity, state.looks.at(-1)?.atMs ?? -Infinity);
  if (nowMs >= last) return state;
  return { ...state, changedAtMs: state.changedAtMs === null ? null : nowMs, looks: [] };
}
