/** What the module of the rating model exports; compiled by `npm run build:kernels` on its own, beside the one that serves. */
export { accumulate, scaleRows } from './accumulate';
export { drawBlock, loadBlock, storeBlock } from './draw-block';
export { drawRows } from './draw-rows';
export { addFeatures, addPredictions } from './sum-vectors';
