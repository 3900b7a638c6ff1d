import { systemClock } from '@reelay/shared/runtime';
import type { SeededRandom } from '@reelay/shared/testing';
import type { ChaosPlatform, IngestorProcess } from './chaos-platform.ts';
import type { LineProducer } from './produce-lines.ts';
import type { Turn } from './take-turns.ts';
import type { LagWatch } from './watch-lag.ts';

/** Something that happens to the group or the topic, one after the other, while servers and ingestors come and go. */
export interface Scene {
  name: string;
  /** Returns what is to be told; throws when it could not be played. */
  play(): Promise<string>;
}

/** What scenes play with. */
export interface Stage {
  platform: ChaosPlatform;
  lag: LagWatch;
  producer: LineProducer;
  random: SeededRandom;
  /** The ingestors that are always there, and those who keep one target each from being struck. */
  ingestors: IngestorProcess[];
  turns: Map<string, Turn>;
  signal: AbortSignal;
}

const lookMs = 50;

/** Waits; throws with `what` after `withinMs`, or when the chaos is called off. */
export async function until(
  { signal }: Pick<Stage, 'signal'>,
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 120_000,
): Promise<void> {
  if (!(await comesTrue({ signal }, condition, withinMs))) throw new Error(`not within ${withinMs} ms: ${what}`);
}

/** False when it does not within the time. */
export async function comesTrue(
  { signal }: Pick<Stage, 'signal'>,
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const giveUpAt = systemClock.monotonicMs() + withinMs;
  while (!(await condition())) {
    signal.throwIfAborted();
    if (systemClock.monotonicMs() > giveUpAt) return false;
    await systemClock.sleep(lookMs, signal);
  }
  return true;
}

/** What a server says that may be away at this moment. */
export async function patiently<T>(stage: Pick<Stage, 'signal'>, ask: () => Promise<T>): Promise<T> {
  let said: { answer: T } | undefined;
  await until(stage, 'an answer', async () => {
    said = await ask().then(
      (answer) => ({ answer }),
      () => undefined,
    );
    return said !== undefined;
  });
  return said!.answer;
}

/** Nobody strikes these while the work goes on. */
export async function undisturbed<T>(stage: Stage, names: string[], work: () => Promise<T>): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    for (const name of names) releases.push(await stage.turns.get(name)!.take());
    return await work();
  } finally {
    for (const release of releases) release();
  }
}
