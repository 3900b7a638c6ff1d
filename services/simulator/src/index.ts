export * from './config.ts';
export { generateHistory, historyDefaults } from './generate-history.ts';
export type { HistoryLine, HistoryOptions } from './generate-history.ts';
export { createDetailsApi } from './details-api.ts';
export type { ApiSettings, DetailsApi } from './details-api.ts';
export type { DirtMark } from './dirt.ts';
export { keepsTheRules } from './line-check.ts';
export {
  holdOut,
  meanNdcg,
  rankAtRandom,
  rankByPopularity,
  rankByTruth,
  trueUtilities,
  watchedOfLists,
} from './oracle.ts';
export type { HoldOutCase, Ranker } from './oracle.ts';
export { createPopulation, exampleUserIds } from './population.ts';
export type { Population } from './population.ts';
export { presetNames, presets } from './presets.ts';
export type { Preset, PresetName } from './presets.ts';
export { seedHistory } from './seed-history.ts';
export type { SeededHistory, SeedOptions } from './seed-history.ts';
export { createSimulator, simulatorRoutes } from './service.ts';
export type { Simulator, SimulatorDeps, SimulatorStats } from './service.ts';
export { measureTruth, truthReport, viewingsOf } from './truth-report.ts';
export type { FirstMinute, Reach, Truth } from './truth-report.ts';
export { writeDetails } from './write-details.ts';
export type { DetailFiles } from './write-details.ts';
