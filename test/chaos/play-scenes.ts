import { createSeededRandom, type SeededRandom } from '@reelay/shared/testing';
import { systemClock } from '@reelay/shared/runtime';
import { joinAndLeave, readAsAnotherGroup } from './join-and-leave.ts';
import type { LogReading } from './log-facts.ts';
import { remakeLog } from './remake-log.ts';
import { rereadFromStart } from './replay-log.ts';
import type { Scene, Stage } from './scenes.ts';
import { wakeZombie } from './wake-zombie.ts';

export interface ScenesOptions {
  topic: string;
  partitions: number;
  /** How many join and leave. */
  members: number;
  reading: LogReading;
  replayed: Map<number, number>;
}

export interface PlayedScene {
  name: string;
  outcome: string;
}

const pauseMs = [200, 2_000] as const;
/** Beside the members. */
export const rareScenes = 4;

/** Members that come and go in number, and between them at drawn places: a zombie, two replays from 0, a topic made anew. */
export async function createScenes(
  stage: Stage,
  { topic, partitions, members, reading, replayed }: ScenesOptions,
): Promise<Scene[]> {
  const { platform } = stage;
  // It gathers far more than it stores: one that is held in mid-transaction would only be waited for.
  const gathering = { FLUSH_LINES: '5000', FLUSH_IDLE_MS: '2000' };
  const zombie = await platform.createIngestor('zombie', { environment: gathering });
  const reader = await platform.createIngestor('other-group', { environment: { KAFKA_GROUP: 'chaos-other-group' } });
  const rare: Scene[] = [
    wakeZombie(stage, zombie, topic),
    readAsAnotherGroup(stage, reader, partitions),
    rereadFromStart(stage, topic, replayed),
    remakeLog(stage, topic, { partitions, reading, replayed }),
  ];
  const scenes: Scene[] = [];
  for (let number = 1; number <= members; number++) {
    const member = await platform.createIngestor(`member-${number}`);
    scenes.push(joinAndLeave(stage, member, number));
  }
  return scatter(scenes, rare, stage.random);
}

/** The rare ones in drawn order, at drawn places. */
function scatter(scenes: Scene[], rare: Scene[], random: SeededRandom): Scene[] {
  const all = [...scenes];
  for (const scene of random.shuffled(rare)) all.splice(random.below(all.length + 1), 0, scene);
  return all;
}

/** One after the other, with pauses. */
export async function playScenes(
  scenes: Scene[],
  { signal }: Pick<Stage, 'signal'>,
  { seed, onPlayed }: { seed: number; onPlayed(scene: PlayedScene): void },
): Promise<PlayedScene[]> {
  const random = createSeededRandom(seed);
  const played: PlayedScene[] = [];
  for (const scene of scenes) {
    await systemClock.sleep(random.between(pauseMs), signal);
    signal.throwIfAborted();
    const outcome = await scene.play().catch((cause: unknown) => {
      throw new Error(`scene "${scene.name}" failed: ${String(cause)}`, { cause });
    });
    played.push({ name: scene.name, outcome });
    onPlayed({ name: scene.name, outcome });
  }
  return played;
}
