import { messageOf } from '../runtime/index.ts';

/** Told of trouble that no call can throw. */
export type Report = (problem: { port: string; code: string; message: string }) => void;

/** Calls a listener whose failure, at once or later, is reported and harms nobody else. */
export function tell<T>(port: string, listener: (value: T) => unknown, value: T, report?: Report): void {
  const failed = (error: unknown): void =>
    report?.({ port, code: 'LISTENER_FAILED', message: `a listener failed: ${messageOf(error)}` });
  try {
    Promise.resolve(listener(value)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
