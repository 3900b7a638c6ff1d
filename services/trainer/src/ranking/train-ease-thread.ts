import { parentPort, workerData } from 'node:worker_threads';
import { easeSteps, type EasePlan } from '@reelay/recommender';
import { meet } from './meet.ts';

/** What a thread is started with; the plan's panel and result are shared. */
export interface EaseTask {
  plan: EasePlan;
  part: number;
  meetings: Int32Array;
}

const { plan, part, meetings } = workerData as EaseTask;
const steps = easeSteps(plan, part);
while (!steps.next().done) meet(meetings, plan.parts);
parentPort?.postMessage('done');
