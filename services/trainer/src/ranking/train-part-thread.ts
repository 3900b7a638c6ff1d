import { parentPort, workerData } from 'node:worker_threads';
import { easeSteps, transitionSteps, type EasePlan, type TransitionPlan } from '@reelay/recommender';
import { meet } from './meet.ts';

/** What a thread is started with; the plan's panel and result are shared. */
export interface PartTask {
  work: { model: 'ease'; plan: EasePlan } | { model: 'transition'; plan: TransitionPlan };
  part: number;
  meetings: Int32Array;
}

const { work, part, meetings } = workerData as PartTask;
const steps = work.model === 'ease' ? easeSteps(work.plan, part) : transitionSteps(work.plan, part);
while (!steps.next().done) meet(meetings, work.plan.parts);
parentPort?.postMessage('done');
