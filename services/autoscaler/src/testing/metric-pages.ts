/** The part of a worker's page of metrics that the autoscaler reads. */
export const createWorkerPage = (counts: {
  scored: number;
  expired: number;
  computeSeconds: number;
  inHandSeconds: number;
  concurrency: number;
}): string => `# HELP reelay_worker_jobs_total Jobs by what became of them.
# TYPE reelay_worker_jobs_total counter
reelay_worker_jobs_total{outcome="scored"} ${counts.scored}
reelay_worker_jobs_total{outcome="expired"} ${counts.expired}
reelay_worker_busy_seconds_total ${counts.computeSeconds}
reelay_worker_in_hand_seconds_total ${counts.inHandSeconds}
reelay_worker_concurrency ${counts.concurrency}
reelay_worker_slice_seconds_sum 0
reelay_worker_slice_seconds_count 0
process_cpu_seconds_total 99
`;

/** The same of a gateway. */
export const createGatewayPage = (counts: {
  model: number;
  cache: number;
  timeout: number;
  overload: number;
  historyLost: number;
}): string => `reelay_gateway_answers_total{outcome="model",rung="none"} ${counts.model}
reelay_gateway_answers_total{outcome="cache",rung="none"} ${counts.cache}
reelay_gateway_fallbacks_total{reason="TIMEOUT"} ${counts.timeout}
reelay_gateway_fallbacks_total{reason="OVERLOAD"} ${counts.overload}
reelay_gateway_fallbacks_total{reason="HISTORY_LOST"} ${counts.historyLost}
`;
