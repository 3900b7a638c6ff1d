/** Every code that leaves a module, and whether trying again can help. */
const retryable = {
  ARTIFACT_CORRUPT: false,
  ARTIFACT_NOT_FOUND: false,
  BUSY: true,
  CONFIG_INVALID: false,
  DATA_INVALID: false,
  DATA_SUSPECT: false,
  EVENT_LOG_DOWN: true,
  FENCED: false,
  LEDGER_DOWN: true,
  KEY_REQUIRED: false,
  MESSAGE_INVALID: false,
  NOT_ENOUGH_DATA: false,
  NOT_FINISHED: true,
  NOT_FOUND: false,
  NOT_RUNNING: true,
  PORT_CLOSED: false,
  PORT_IN_USE: false,
  QUEUE_DOWN: true,
  REQUEST_INVALID: false,
  SCHEMA_TOO_NEW: false,
  START_FAILED: false,
  STORE_DOWN: true,
  TIMEOUT: true,
  TRAINING_BUSY: true,
  TRAINING_CANCELLED: false,
  TRAINING_FAILED: false,
  TRAINING_TOO_LARGE: false,
  UNSUPPORTED: false,
  USER_ID_INVALID: false,
  VERSION_EXISTS: false,
} as const;

export type ErrorCode = keyof typeof retryable;

/** An error with a code that callers look at; the text is for people. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }

  get retryable(): boolean {
    return retryable[this.code];
  }
}

export const isRetryable = (error: unknown): boolean => error instanceof AppError && error.retryable;

export const errorCode = (error: unknown): ErrorCode | undefined =>
  error instanceof AppError ? error.code : undefined;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
