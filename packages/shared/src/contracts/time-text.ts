/** Forms of a time as people write it. */
export const timeText = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;
export const timeExamples = '2026-11-21, 2026-11-21T14:00 or 2026-11-21T14:00:30+01:00';

/** Epoch milliseconds; UTC where the text names no zone. NaN for a text of another form, and for a day or hour that does not exist. */
export function epochMsOf(text: string): number {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  return timeText.test(text) && isOnCalendar(text.slice(0, 10)) ? Date.parse(zoned) : Number.NaN;
}

/** 2026-02-30 would be read as the 2nd of March. */
function isOnCalendar(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
