/** A release in seconds: few answers, so wide margins. Nothing else differs from a release of hours. */
export const releaseSettings: Record<string, string> = {
  RELEASE_STEPS: '20,100',
  RELEASE_POLL_MS: '200',
  EVIDENCE_AFTER_MS: '3000',
  EVIDENCE_LAG_MS: '500',
  OUTCOME_MINUTES: '2',
  OUTCOME_SETTLE_MINUTES: '3',
  VERDICT_POLL_MS: '500',
  VERDICT_MIN_MS: '5000',
  VERDICT_MAX_MS: '120000',
  VERDICT_MIN_ANSWERS: '150',
  VERDICT_ABORT_ANSWERS: '60',
  VERDICT_PROMOTE_ALPHA: '0.2',
  UNANSWERED_MARGIN: '0.05',
  WATCH_MARGIN: '0.6',
  // A machine that runs other tests, too, is slow for both tracks.
  LATENCY_BUDGET_MS: '5000',
  FAILURE_MS: '1000',
  GATE_TOLERANCE: '0.25',
};

export const gatewaySettings: Record<string, string> = {
  REPLY_TIMEOUT_MS: '2000',
  LOOKUP_TIMEOUT_MS: '1000',
  LOOP_LATE_MAX_MS: '5000',
};

export const ingestSettings: Record<string, string> = {
  FLUSH_LOG_MINUTES: '1',
  FLUSH_IDLE_MS: '200',
};

export const trainingSettings: Record<string, string> = {
  TRAIN_ON_START: 'true',
  TRAIN_ON_START_POLL_MS: '300',
  TRAIN_POLL_MS: '500',
  TRAIN_AFTER_RATINGS: '40',
  TRAIN_SCHEDULE: 'off',
  TRAINING_THREADS: '1',
};

/** A model of one factor that is hardly trained: worse than the live one, as its own evaluation says. */
export const worseTraining: Record<string, string> = {
  TRAIN_ON_START: 'false',
  TRAIN_AFTER_RATINGS: '0',
  ITEM_WEIGHTS_ITEMS: '0',
  FACTORS: '1',
  SWEEPS: '1',
  REGULARISATION: '1000',
};

/** People at sixty times their speed, those of the history. */
export const crowdSettings: Record<string, string> = {
  SIM_SEED: '5',
  SIM_PRESET: 'tiny',
  SIM_SPEED: '60',
  SIM_RATE: '120',
  SIM_DEADLINE_MS: '5000',
  SIM_TRAFFIC: 'off',
  API_PORT: 'off',
};
