/**
 * Grammar of a movie id: lower-case title words joined by `+`, then `+` and the year. `&` leaves an empty word between
 * two `+`; 2019 ids carry percent codes; an unknown year leaves a trailing `+`, a first word of
 * dropped letters (`À`) a leading one. Linear: one pass, no backtracking
 * (each character belongs to exactly one class).
 */
const titleCharacters = /^[a-z0-9_.*!%+A-F-]+$/;
const yearAtEnd = /\+(?:1[89]\d\d|20\d\d)?$/;
const percentCode = /%[0-9A-F]{2}/g;

export const movieIdLengthMax = 200;

/** True when `id` has the form of a movie id. A space, an upper-case letter or a missing `+year` is a sure sign of dirt. */
export function isMovieId(id: string): boolean {
  if (id.length === 0 || id.length > movieIdLengthMax || id === '+') return false;
  const plain = id.includes('%') ? id.replace(percentCode, 'x') : id;
  return titleCharacters.test(plain) && !/[A-F%]/.test(plain) && yearAtEnd.test(plain);
}
