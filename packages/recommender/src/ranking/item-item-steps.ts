/** What a thread that trains item weights has to load: a tenth of the package, since threads wait for it before they begin. */
export { easeSteps } from './ease.ts';
export { transitionSteps } from './transition.ts';
