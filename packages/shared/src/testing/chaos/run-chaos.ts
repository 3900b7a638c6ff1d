import { messageOf, systemClock, type Clock } from '../../runtime/index.ts';
import { planChaos, type ChaosPlanOptions, type FaultKind, type PlannedFault } from './plan-chaos.ts';

/** Something that the test itself started. */
export interface ChaosTarget {
  readonly name: string;
  /** Without a word, as in a crash; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves when it is gone. Without it, the target is never restarted. */
  stop?(): Promise<void>;
  /** Holds it: connections stay open and nothing answers. */
  pause(): void | Promise<void>;
  resume(): void | Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
}

export interface ChaosOptions extends Pick<ChaosPlanOptions, 'seed' | 'faults' | 'spacing' | 'lasts'> {
  targets: readonly (ChaosTarget & { kinds?: readonly FaultKind[] })[];
  /**
   * What is under way at this moment and would be lost or late: lines not stored, requests without an answer. Asked before each strike, which waits
   * until it is above 0; 0 for too long is a fault that did not hit.
   */
  hit(fault: PlannedFault): number | Promise<number>;
  /** A strike waits so long for something to hit. */
  hitWithinMs?: number;
  /** Victims that are away at once. */
  atOnce?: number;
  onStrike?(fault: StruckFault): void;
  onRecovery?(fault: StruckFault): void;
  /** No further strike; who is away comes back. */
  signal?: AbortSignal;
  clock?: Clock;
}

export interface StruckFault extends PlannedFault {
  /** What was under way at the strike; 0: it hit nothing. */
  hit: number;
  /** Milliseconds since the start of the chaos. */
  struckAtMs: number;
  /** When it answered again. */
  backAtMs: number;
}

const hitWithinMsStandard = 10_000;
const lookMs = 10;

/**
 * Strikes targets as planned from the seed, waiting for a moment at which each fault hits, and brings every victim back. When something cannot be
 * struck or started the error names the seed and the fault; before, all who are away are brought back as far as they let themselves.
 */
export async function runChaos(options: ChaosOptions): Promise<StruckFault[]> {
  const { seed, targets, clock = systemClock } = options;
  const bearable = targets.map(({ name, stop, kinds = ['kill', 'pause', 'restart'] }) => ({
    name,
    kinds: kinds.filter((kind) => kind !== 'restart' || stop !== undefined),
  }));
  const plan = planChaos({ ...options, targets: bearable });
  const run = new ChaosRun(options, clock);
  try {
    for (const fault of plan) await run.take(fault);
  } catch (cause) {
    await run.end().catch(() => {}); // the first failure says what went wrong
    throw failure(seed, cause);
  }
  await run.end().catch((cause: unknown) => Promise.reject(failure(seed, cause)));
  return run.struck;
}

const failure = (seed: number, cause: unknown): Error =>
  new Error(`chaos with seed ${seed} failed: ${messageOf(cause)}`, { cause });

class ChaosRun {
  readonly struck: StruckFault[] = [];
  readonly #options: ChaosOptions;
  readonly #clock: Clock;
  readonly #startedAt: number;
  /** By target: until it is back. */
  readonly #away = new Map<string, Promise<void>>();
  #failure: { error: unknown } | undefined;

  constructor(options: ChaosOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#startedAt = clock.monotonicMs();
  }

  /** Waits for its time, for its target and for something to hit, then strikes; the victim comes back by itself. */
  async take(planned: PlannedFault): Promise<void> {
    const { signal, atOnce = 1, onStrike } = this.#options;
    const target = this.#options.targets.find(({ name }) => name === planned.target)!;
    await this.#clock.sleep(planned.gapMs, signal);
    await this.#away.get(target.name);
    while (this.#away.size >= atOnce) await Promise.race(this.#away.values());
    const hit = await this.#untilHit(planned);
    this.#throwIfFailed();
    if (signal?.aborted) return;
    const fault: StruckFault = { ...planned, hit, struckAtMs: this.#elapsed(), backAtMs: 0 };
    this.struck.push(fault);
    onStrike?.(fault);
    this.#away.set(target.name, this.#strike(target, fault));
  }

  /** All are back. */
  async end(): Promise<void> {
    await Promise.all(this.#away.values());
    this.#throwIfFailed();
  }

  async #untilHit(planned: PlannedFault): Promise<number> {
    const { hit, hitWithinMs = hitWithinMsStandard, signal } = this.#options;
    const giveUpAt = this.#clock.monotonicMs() + hitWithinMs;
    for (;;) {
      const found = await hit(planned);
      if (found > 0 || signal?.aborted || this.#clock.monotonicMs() >= giveUpAt) return found;
      await this.#clock.sleep(lookMs, signal);
    }
  }

  /** Never rejects: a failure is kept for the one who waits. */
  async #strike(target: ChaosTarget, fault: StruckFault): Promise<void> {
    try {
      await takeAway(target, fault.kind);
      await this.#clock.sleep(fault.lastsMs, this.#options.signal);
    } catch (error) {
      this.#fail(fault, 'was not struck', error);
    }
    try {
      await bringBack(target, fault.kind);
      fault.backAtMs = this.#elapsed();
      this.#options.onRecovery?.(fault);
    } catch (error) {
      this.#fail(fault, 'did not come back', error);
    }
    this.#away.delete(target.name);
  }

  #fail({ index, target, kind }: PlannedFault, what: string, error: unknown): void {
    const cause = new Error(`fault ${index} (${kind} ${target}): it ${what}: ${messageOf(error)}`, { cause: error });
    this.#failure ??= { error: cause };
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #elapsed(): number {
    return this.#clock.monotonicMs() - this.#startedAt;
  }
}

async function takeAway(target: ChaosTarget, kind: FaultKind): Promise<void> {
  if (kind === 'kill') await target.kill();
  else if (kind === 'pause') await target.pause();
  else await target.stop?.();
}

async function bringBack(target: ChaosTarget, kind: FaultKind): Promise<void> {
  if (kind === 'pause') await target.resume();
  else await target.start();
}
