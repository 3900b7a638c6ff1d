/** What went wrong with a native server; callers look at the code, never at the text. */
export type NativeErrorCode =
  | 'SERVER_MISSING' // not installed on this machine
  | 'SERVER_NOT_STARTED' // ended or stayed silent while it started
  | 'SERVER_NOT_STOPPED' // still there after SIGKILL
  | 'HOME_IN_USE' // another living process runs servers on the same data folder
  | 'PORT_TAKEN' // somebody else listens on the port that was asked for
  | 'SETUP_FAILED'; // a step of the installation failed

/** An error with one sentence of what happened and one of what helps. `message` holds both, for people. */
export class NativeError extends Error {
  readonly code: NativeErrorCode;
  readonly cure: string;

  constructor(code: NativeErrorCode, what: string, cure: string, options?: ErrorOptions) {
    super(`${what} ${cure}`, options);
    this.name = 'NativeError';
    this.code = code;
    this.cure = cure;
  }
}
