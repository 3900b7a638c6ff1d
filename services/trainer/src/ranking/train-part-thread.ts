import { parentPort } from 'node:worker_threads';
import { easeSteps, transitionSteps } from '@reelay/recommender/item-item-steps';
import type { EasePlan, TransitionPlan } from '@reelay/recommender';
import { meet } from './meet.ts';

/** What a thread is told when the plan is made; all its arrays are shared. */
export interface PartTask {
  work: { model: 'ease'; plan: EasePlan } | { model: 'transition'; plan: TransitionPlan };
  part: number;
  meetings: Int32Array;
}

parentPort?.once('message', ({ work, part, meetings }: PartTask) => {
  const steps = work.model === 'ease' ? easeSteps(work.plan, part) : transitionSteps(work.plan, part);
  while (!steps.next().done) meet(meetings, work.plan.parts);
  parentPort?.postMessage('done');
});
