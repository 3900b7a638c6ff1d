export { ingestorRoutes } from './admin-routes.ts';
export { ingestorConfig, type IngestorConfig } from './config.ts';
export { createLineParser, parseLine, type LineParser, type ParseLimits } from './parse-line.ts';
export { createIngestor, type Ingestor, type IngestorDeps, type IngestorState } from './service.ts';
export { verifyCsv, type CsvVerdict } from './verify-csv.ts';
