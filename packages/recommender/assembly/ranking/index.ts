/** What the module of the ranking models exports. AssemblyScript, not TypeScript: compiled by `npm run build:kernels`. */
export { fuses, packFours, packEights, transposeTile, multiplyTile } from './tiles';
