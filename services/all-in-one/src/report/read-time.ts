import { AppError } from '@reelay/shared/runtime';

const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Epoch seconds of `2026-11-21`, `2026-11-21T14:00` or `2026-11-21T14:00:30+01:00`; without a zone it is UTC. */
export function readTime(text: string, option: string): number {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const time = form.test(text) ? Date.parse(zoned) : Number.NaN;
  // 2026-02-30 would be read as the 2nd of March.
  if (Number.isNaN(time) || !isOnCalendar(text.slice(0, 10))) {
    throw new AppError(
      'REQUEST_INVALID',
      `${option} ${text}: a time as 2026-11-21, 2026-11-21T14:00 or 2026-11-21T14:00:30+01:00`,
    );
  }
  return time / 1_000;
}

function isOnCalendar(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
