export { biasOnlyModel, popularityModel } from './baseline-models.ts';
export { bootstrap, bootstrapMean, type BootstrapSettings, type Interval } from './bootstrap.ts';
export { chooseCold, type ColdChoice } from './choose-cold.ts';
export { calibrationOf, genreShares } from './calibration.ts';
export { coverage, giniOf, intraListDiversity, noveltyOf } from './catalogue-figures.ts';
export { blendLists, chooseLists, makeLists, type ListChoice, type ListShares } from './choose-lists.ts';
export { chooseRatings, mixRatings, type RatingChoice, type RatingShares } from './choose-ratings.ts';
export { evaluateModel, type EvaluationSettings, type EvaluationTables, type UserOutcome } from './evaluate-model.ts';
export {
  cutTo,
  scaleOf,
  type EvaluatedModel,
  type ListMaker,
  type ListPart,
  type MakerHints,
  type ModelMaker,
} from './evaluated-model.ts';
export {
  fairnessGaps,
  groupFigures,
  maeFigure,
  ndcgFigure,
  recallFigure,
  rmseFigure,
  type FairnessGap,
  type GroupFigure,
  type UserFigure,
} from './group-figures.ts';
export { isBetter, meanOf } from './is-better.ts';
export { candidatesDepth, listCandidates } from './list-candidates.ts';
export { listFigures, type ListFigures } from './list-figures.ts';
export { listSpread, type ListSpread } from './list-spread.ts';
export { chooseServed, floorsAlone, makeServed, type ServedChoice, type ServedMakers } from './make-served.ts';
export { ratingErrors, type RatingErrors } from './rating-errors.ts';
export { assertRatingTable, rowsByUser, runOf, takeRows, type RatingTable, type RowsByUser } from './rating-table.ts';
export {
  splitByTime,
  splitGiven,
  splitLastOfUsers,
  splitOneOfUsers,
  splitRandom,
  type RatingSplit,
} from './split-ratings.ts';
export { summarise, type Summary } from './summarise.ts';
export type { Trial } from './trial.ts';
export { groupKinds, userGroups, type GroupKind, type KnownUser, type UserGroup } from './user-groups.ts';
export { kindOfSplit, splitForValidation, type SplitKind, type ValidationSplit } from './validation-split.ts';
export {
  searchSettings,
  type Search,
  type SearchResult,
  type SearchSpace,
  type SearchTrial,
} from './search-settings.ts';
