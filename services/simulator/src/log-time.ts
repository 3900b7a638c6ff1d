const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/**
 * A time as the log prints it: no zone, seconds left out when they and the fraction are zero, the fraction with 3, 6 or 9
 * digits, as few as hold it (Java's `LocalDateTime.toString`).
 */
export function formatLogTime(second: number, nanosecond = 0): string {
  const text = new Date(second * 1000).toISOString().slice(0, 19);
  if (nanosecond === 0) return text.endsWith(':00') ? text.slice(0, 16) : text;
  return `${text}.${fractionOf(nanosecond)}`;
}

function fractionOf(nanosecond: number): string {
  if (nanosecond % 1_000_000 === 0) return pad(nanosecond / 1_000_000, 3);
  return nanosecond % 1_000 === 0 ? pad(nanosecond / 1_000, 6) : pad(nanosecond, 9);
}

/** Seconds since 1970 of a time as the log prints it; `undefined` for anything else. The fraction is left out. */
export function parseLogTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return undefined;
  const milliseconds = Date.parse(`${text.slice(0, 19).padEnd(19, ':00')}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
