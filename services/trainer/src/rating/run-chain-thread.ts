import { parentPort, workerData } from 'node:worker_threads';
import { chainSteps, inputOf, RecommenderError, type ChainResult, type TrainingPlan } from '@reelay/recommender';

/** What a thread is started with: the columns of the plan are shared, and so is the next task that nobody has taken. */
export interface ChainThreadStart {
  plan: TrainingPlan;
  nextTask: Int32Array;
}

/** What a thread says; a failure keeps its code, so that the caller sees what it would have seen without threads. */
export type ChainThreadMessage =
  | { kind: 'progress'; task: number; sweep: number; sweeps: number; deviation: number }
  | { kind: 'result'; task: number; result: ChainResult }
  | { kind: 'failed'; code: RecommenderError['code'] | undefined; message: string }
  | { kind: 'done' };

const { plan, nextTask } = workerData as ChainThreadStart;
const say = (message: ChainThreadMessage, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(message, moved);

function runTask(task: number): void {
  const { part, job } = plan.tasks[task];
  const steps = chainSteps(inputOf(plan, part), job);
  for (;;) {
    const step = steps.next();
    if (step.done) {
      say({ kind: 'result', task, result: step.value });
      return;
    }
    say({ kind: 'progress', task, ...step.value });
  }
}

try {
  for (;;) {
    const task = Atomics.add(nextTask, 0, 1);
    if (task >= plan.tasks.length) break;
    runTask(task);
  }
  say({ kind: 'done' });
} catch (error) {
  const code = error instanceof RecommenderError ? error.code : undefined;
  say({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
}
