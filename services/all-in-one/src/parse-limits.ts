import { ingestorConfig, type ParseLimits } from '@reelay/ingestor';
import { loadConfig } from '@reelay/shared/runtime';

const limits = ingestorConfig.pick({ USER_ID_MAX: true, RATING_MAX: true, ZONE: true });

/** What a line may be, as the ingestor would read it from the same environment. */
export function readParseLimits(environment: NodeJS.ProcessEnv): ParseLimits {
  const { USER_ID_MAX: userIdMax, RATING_MAX: ratingMax, ZONE: zone } = loadConfig(limits, environment);
  return { userIdMax, ratingMax, zone };
}
