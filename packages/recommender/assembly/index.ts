/** What the compiled module exports. AssemblyScript, not TypeScript: compiled by `npm run build:kernels`. */
export { addPrior, addWeights, describeSums } from './item-weights';
export { accumulate, factorise, gather, solve } from './normal-equations';
export { place } from './place-user';
export { accumulateRows, gatherFours, gatherRows } from './rows';
export { scoreMany } from './score';
export { fuses } from './score-fours';
