export {
  abandonShare,
  calibrateConfidence,
  confidenceFloor,
  confidenceOf,
  isAbandon,
  minutesScale,
} from './confidence.ts';
export type { Evidence } from './confidence.ts';
export {
  ageBandsFrom,
  demographicGroup,
  demographicGroups,
  everybody,
  genders,
  parentGroup,
} from './demographic-group.ts';
export type { Demographics } from './demographic-group.ts';
export { evaluateRanking } from './evaluate-ranking.ts';
export type { RankingEvaluation, RankingResult, TestRow, TrainRow } from './evaluate-ranking.ts';
export { evaluateRatings } from './evaluate-ratings.ts';
export type { RatingResult } from './evaluate-ratings.ts';
export { createFoldIn } from './fold-in.ts';
export type { FoldIn, WeightedItem } from './fold-in.ts';
export { groupPriors, popularity } from './group-priors.ts';
export { splitHoldOut } from './hold-out.ts';
export type { HoldOut, TimedEvent } from './hold-out.ts';
export { alsBlocks, alsHalves, createAlsRows, planAls } from './als-plan.ts';
export type { AlsPlan, AlsRows, AlsSettings, AlsSide } from './als-plan.ts';
export { trainImplicitAls, trainImplicitAlsAsync } from './implicit-als.ts';
export type { AlsFactors, AlsProgress } from './implicit-als.ts';
export { buildInteractions } from './interactions.ts';
export type { Dimensions, InteractionRow, Interactions } from './interactions.ts';
export { modelMemoryBytes } from './kernels/memory-plan.ts';
export { ndcgAt, recallAt, rmse } from './metrics.ts';
export { assertFinite, assertGroups, assertLength, assertModelArrays } from './model-arrays.ts';
export type { ModelArrays } from './model-arrays.ts';
export { createModel, createModelInSteps } from './model.ts';
export type { HistoryItem, ListedItem, Model, ModelBuild, RecommendationRequest } from './model.ts';
export { assertObjective, defaultObjective, personalShare } from './objective.ts';
export type { Objective } from './objective.ts';
export { defaultBiasLambda, fitBiases, packBiases, predictPacked, predictRating, userBiasOf } from './rating-biases.ts';
export type { RatingBiases } from './rating-biases.ts';
export type { RatingColumns } from './rating-columns.ts';
export { assertProbe } from './probe.ts';
export type { Probe } from './probe.ts';
export { RecommenderError } from './recommender-error.ts';
export type { RecommenderErrorCode } from './recommender-error.ts';
export { foldInReference, recommendReference } from './reference.ts';
export { scoreItems, standardise } from './scores.ts';
export { share } from './share-memory.ts';
export { topK } from './top-k.ts';
export type { ScoredItem } from './top-k.ts';
export * from './evaluation/index.ts';
export * from './ranking/index.ts';
export * from './rating-model/index.ts';
