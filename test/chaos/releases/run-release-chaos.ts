import { setTimeout as pause } from 'node:timers/promises';
import type { Plan } from '@reelay/shared/contracts';
import {
  createSeededRandom,
  processTarget,
  runChaos,
  waitUntil,
  type PlannedFault,
  type Span,
  type StruckFault,
} from '@reelay/shared/testing';
import { startAgain } from '../start-again.ts';
import { ArtifactWatch, heardProblems, historyProblems, rowProblems } from './check-releases.ts';
import { commandOnAndOn, trainingState, trainOnAndOn, type Busy } from './keep-busy.ts';
import { openReleasePlatform, type ReleasePlatform } from './release-platform.ts';

export interface ReleaseChaosOptions {
  seed: number;
  kills: number;
  spacing: Span;
  lasts: Span;
  onEvent?(event: string): void;
}

export interface ReleaseChaosReport {
  faults: StruckFault[];
  /** By manager. */
  commands: Busy[];
  trainings: { begun: number; published: number };
  /** Plans written, and how often each change was made. */
  epochs: number;
  states: Record<string, number>;
  /** Versions that could be seen; all of them were loaded as soon as they were, and again at the end. */
  versions: number;
  problems: string[];
}

const historyMax = 1_000_000;
const settleWithinMs = 60_000;

/**
 * Two release-managers that are given contradictory commands and a trainer that never rests, killed at random moments. A kill of a manager waits
 * for a command under way, a kill of the trainer for a training. Then what stands in ledger and store is read.
 */
export async function runReleaseChaos(options: ReleaseChaosOptions): Promise<ReleaseChaosReport> {
  const platform = await openReleasePlatform();
  const work = startWork(platform, options.seed);
  const heard: Plan[] = [];
  try {
    const watching = await platform.plans.watch((plan) => void heard.push(plan));
    await waitUntil('the first version serves', async () => (await platform.ledger.plan()).stable !== null, 60_000);
    const faults = await strike(platform, work, options);
    await work.stop();
    await settle(platform);
    await watching.stop();
    return { faults, ...work.done, ...(await check(platform, heard, work.watch)) };
  } catch (error) {
    throw new Error(`release chaos with seed ${options.seed}:\n${await platform.output()}`, { cause: error });
  } finally {
    await work.stop();
    await platform.close();
  }
}

/** Contradictory commands to both managers and trainings, until it is stopped. */
export function startWork(platform: ReleasePlatform, seed: number, pauseMs = 120) {
  const { managers, trainer } = platform;
  const watch = new ArtifactWatch(platform);
  const end = new AbortController();
  const random = createSeededRandom(seed);
  const newest = { number: 1 };
  const commands = managers.map((): Busy => ({ underWay: 0, answered: 0, refused: 0, broken: 0, unheard: 0 }));
  const trainings = { begun: 0, published: 0 };
  const most = { pauseMs, number: () => newest.number };
  const looking = async () => {
    while (!end.signal.aborted) {
      newest.number = Math.max(1, await watch.look());
      await pause(50);
    }
  };
  const working = Promise.all([
    looking(),
    trainOnAndOn(trainer, trainings, end.signal),
    ...managers.map((manager, at) => commandOnAndOn(manager, random, commands[at], end.signal, most)),
  ]);
  return {
    done: { commands, trainings },
    watch,
    async stop() {
      end.abort();
      await working;
    },
  };
}

function strike(platform: ReleasePlatform, work: ReturnType<typeof startWork>, options: ReleaseChaosOptions) {
  const { managers, trainer } = platform;
  const hit = async ({ target }: PlannedFault): Promise<number> => {
    if (target !== trainer.name) return work.done.commands[managers.findIndex(({ name }) => name === target)].underWay;
    return (await trainingState(trainer))?.state === 'training' ? 1 : 0;
  };
  const targets = [...managers, trainer].map((one) => ({
    ...processTarget(one),
    start: async () => void (await startAgain(one)),
    kinds: ['kill'] as const,
  }));
  return runChaos({
    seed: options.seed,
    faults: options.kills,
    spacing: options.spacing,
    lasts: options.lasts,
    targets,
    hit,
    hitWithinMs: 120_000,
    atOnce: 2,
    onStrike: ({ index, target }) => options.onEvent?.(`kill ${index + 1}: ${target}`),
  });
}

/** All are back: one more training is published, every candidate is settled, and readers know the plan of the ledger. */
async function settle({ managers, trainer, ledger, plans }: ReleasePlatform): Promise<void> {
  await Promise.all([...managers, trainer].map((one) => startAgain(one)));
  const fetchTo = (path: string, adminUrl: string) =>
    fetch(`${adminUrl}${path}`, { method: 'POST', signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  await waitUntil('the trainer rests', async () => (await trainingState(trainer))?.state === 'idle', settleWithinMs);
  const before = (await ledger.versions()).length;
  await fetchTo('/admin/train', trainer.adminUrl);
  await waitUntil('a training after all is published', async () => (await ledger.versions()).length > before, settleWithinMs); // prettier-ignore
  await fetchTo('/admin/releases/resume', managers[0].adminUrl);
  const isSettled = async (): Promise<boolean> => {
    const [plan, rows] = [await ledger.plan(), await ledger.versions()];
    const waits = rows.some(({ state }) => state === 'candidate');
    return !waits && plan.canary === null && (await plans.current())?.epoch === plan.epoch;
  };
  await waitUntil('every candidate is settled and readers know it', isSettled, settleWithinMs);
}

async function check(platform: ReleasePlatform, heard: readonly Plan[], watch: ArtifactWatch) {
  const { ledger, plans } = platform;
  const [plan, rows] = [await ledger.plan(), await ledger.versions()];
  const history = (await ledger.planHistory(historyMax)).toReversed();
  const states: Record<string, number> = {};
  for (const { release } of history) if (release) states[release.state] = (states[release.state] ?? 0) + 1;
  const last = await plans.current();
  const problems = [
    ...historyProblems(history),
    ...rowProblems(plan, rows),
    ...heardProblems(heard, history),
    ...(last?.epoch === plan.epoch ? [] : ['readers do not know the last plan']),
    ...(await watch.lookAgain()),
  ];
  return { epochs: plan.epoch, states, versions: watch.seen.size, problems };
}
