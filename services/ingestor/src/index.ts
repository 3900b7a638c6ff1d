export { dayOf, ingestorRoutes, reasonOf } from './admin-routes.ts';
export { ingestorConfig, type IngestorConfig } from './config.ts';
export { findOffsets } from './find-offset.ts';
export { createLineParser, parseLine, type LineParser, type ParseLimits } from './parse-line.ts';
export { rereadLog, type Reread } from './reread-log.ts';
export { redriveQuarantine, type RedriveResult } from './redrive-quarantine.ts';
export { createIngestor, type Ingestor, type IngestorDeps, type IngestorState } from './service.ts';
export { startAt } from './start-at.ts';
export { verifyCsv, type CsvVerdict } from './verify-csv.ts';
