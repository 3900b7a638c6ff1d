/** Servers that a run of the tests has, put into the environment by `test/real-servers.setup.ts`. */
const variables = {
  rabbitmq: 'REELAY_TEST_QUEUE_URL',
  redis: 'REELAY_TEST_REDIS_URL',
  kafka: 'REELAY_TEST_EVENT_LOG_URL',
  mariadb: 'REELAY_TEST_LEDGER_URL',
} as const;

export type RealServer = keyof typeof variables;

/** URL of a shared real server, or undefined: then the suite runs on the embedded adapters alone. Use a namespace, topic or database of your own. */
export const realServerUrl = (name: RealServer): string | undefined => process.env[variables[name]] || undefined;

export const realServerVariables: Record<RealServer, string> = variables;
