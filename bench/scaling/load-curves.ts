/** Requests a second over a time in seconds. */
export type LoadCurve = (atSeconds: number) => number;

/** Twelve times the load for two minutes. */
export const stepCurve: LoadCurve = (at) => (at >= 60 && at < 180 ? 240 : 20);

/** Requests a second at each full hour of a day: night, morning, noon, and an evening peak of 240/s. */
const hours = [
  30, 18, 10, 8, 8, 12, 30, 60, 80, 90, 100, 115, 130, 120, 105, 110, 125, 150, 185, 220, 240, 215, 140, 70,
];

/** A day pressed into `seconds`, straight between the hours. */
export const dayCurve =
  (seconds: number): LoadCurve =>
  (at) => {
    const hour = ((((at / seconds) % 1) + 1) % 1) * 24;
    const from = Math.floor(hour);
    const [one, other] = [hours[from], hours[(from + 1) % 24]];
    return one + (other - one) * (hour - from);
  };

/** Worker-hours that would do if workers came and went at once and were never idle: one at least. */
export function leastWorkerHours(load: LoadCurve, seconds: number, jobSeconds: number): number {
  let sum = 0;
  for (let at = 0; at < seconds; at++) sum += Math.max(1, Math.ceil(load(at) * jobSeconds));
  return sum / 3_600;
}
