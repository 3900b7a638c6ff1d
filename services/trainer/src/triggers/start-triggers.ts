import { errorCode, messageOf, type Own } from '@reelay/shared/runtime';
import { leftTraining } from '../prepare-data.ts';
import type { TrainingDeps } from '../run-training.ts';
import type { SendNotice } from '../send-notice.ts';
import type { Trainer, TrainerDeps, TrainingTrigger } from '../service.ts';
import { trainByVolume } from './train-by-volume.ts';
import { trainOnSchedule } from './train-on-schedule.ts';
import { trainOnStart } from './train-on-start.ts';

export interface TriggerDeps extends TrainerDeps {
  parts: TrainingDeps;
  train: Trainer['train'];
  sendNotice: SendNotice;
  signal: AbortSignal;
  /** Fires `signal`. */
  end: () => void;
  own: Own;
}

/** A process may end so often in one training before it is given up: the training may be what ends it. */
const startsMax = 3;

/** Everything that starts a training by itself. Two at once are one training: who comes second finds it in hand and is content. */
export async function startTriggers(deps: TriggerDeps): Promise<void> {
  const { config, own, signal, end } = deps;
  const loops: Promise<void>[] = [];
  own(async () => {
    end();
    await Promise.all(loops);
  });
  const trainBy = (trigger: TrainingTrigger) => () => trainQuietly(deps, trigger);

  if (config.RESUME_ON_START) await resumeLeft(deps, loops);
  trainOnSchedule(config.TRAIN_SCHEDULE, trainBy('schedule'), own);
  if (config.TRAIN_AFTER_RATINGS > 0) {
    const { ledger, clock, parts } = deps;
    const volume = { ledger, clock, snapshots: parts.snapshots, afterRatings: config.TRAIN_AFTER_RATINGS };
    const onTrouble = (cause: unknown) =>
      deps.log.warn({ error: messageOf(cause) }, 'new ratings could not be counted');
    const run = { train: trainBy('volume'), onTrouble, signal };
    loops.push(trainByVolume({ ...volume, pollMs: config.TRAIN_POLL_MS }, run));
  }
  if (config.TRAIN_ON_START) loops.push(trainOnStart(deps, () => deps.train({ trigger: 'start' }), signal));
}

/** The end of a training is told where it is run; nobody waits for this one. */
async function trainQuietly({ train, log }: TriggerDeps, trigger: TrainingTrigger): Promise<void> {
  await train({ trigger }).catch((error: unknown) => {
    if (errorCode(error) === 'TRAINING_BUSY') log.info({ trigger }, 'a training is in hand already');
  });
}

/** Before anything else can begin. */
async function resumeLeft(deps: TriggerDeps, loops: Promise<void>[]): Promise<void> {
  const { parts, log, sendNotice } = deps;
  const left = await leftTraining(parts);
  if (left === undefined) return;
  if (left.note.starts < startsMax) return void loops.push(trainQuietly(deps, 'resume'));
  const facts = { dataVersion: left.note.dataVersion, starts: left.note.starts };
  log.error(facts, 'a training that ends its process is given up');
  const text = `The process ended ${left.note.starts} times in the training on data ${left.note.dataVersion}.`;
  sendNotice({ kind: 'training-crash', subject: 'A training ends its process and is given up', text });
  await parts.checkpoints.clear();
}
