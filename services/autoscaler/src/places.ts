/** What a worker of single requests is marked with: see `WORKER_SLOT` and `CANARY_ABOVE_SHARE` of the worker. */
export interface PlaceMark {
  slot: 'stable' | 'canary';
  aboveShare: number;
}

/**
 * The mark of a place in the row of workers. The first is stable's always; of the others each serves the canary above a share of users, and
 * these bounds (0, 1/2, 1/4, 3/4, 1/8 …) lie evenly in every row: so about as large a part of the row serves the canary as of the users are
 * on it, and one does as soon as there is a canary.
 */
export const markOf = (place: number): PlaceMark =>
  place === 0 ? { slot: 'stable', aboveShare: 0 } : { slot: 'canary', aboveShare: mirrored(place - 1) };

/** The binary digits of a number behind the point, in reverse (van der Corput). */
function mirrored(number: number): number {
  let [value, digit] = [0, 0.5];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 2), digit /= 2) value += (rest % 2) * digit;
  return value;
}
