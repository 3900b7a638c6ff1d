/** What a thread that trains item weights has to load, and nothing that only plans or collects: the training waits for it. */
export { easeSteps } from './ease-steps.ts';
export { transitionSteps } from './transition-steps.ts';
