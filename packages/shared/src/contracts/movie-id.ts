export const movieIdLengthMax = 200;

const [plus, percent, zero, nine, one, two, eight] = [0x2b, 0x25, 0x30, 0x39, 0x31, 0x32, 0x38];

/** Characters of a title, by character code; a percent code is three characters and read apart. */
const isTitleCharacter = Uint8Array.from({ length: 128 }, (_, code) =>
  /[a-z0-9_.*!+-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/**
 * True when `id` has the form of a movie id: lower-case title words joined by `+`, then `+` and the year. `&` leaves an empty
 * word between two `+`; 2019 ids carry percent codes; an unknown year leaves a trailing `+`, a first word of dropped letters
 * (`À`) a leading one. A space, an upper-case letter or a missing `+year` is a sure sign of dirt.
 */
export const isMovieId = (id: string): boolean => isMovieIdIn(id, 0, id.length);

/** The same for a part of a text, without a copy. */
export const isMovieIdIn = (text: string, start: number, end: number): boolean =>
  hasMovieIdLength(text, start, end) && titleEnd(text, start, end) === end && endsInYear(text, start, end);

/**
 * Where a movie id that starts at `start` ends: at `end`, or before a character that no id has; -1 when what stands there is no
 * movie id. Each character is read once, so a list of ids is read in one pass.
 */
export function movieIdEnd(text: string, start: number, end: number): number {
  const stop = titleEnd(text, start, end);
  return hasMovieIdLength(text, start, stop) && endsInYear(text, start, stop) ? stop : -1;
}

const hasMovieIdLength = (text: string, start: number, end: number): boolean =>
  end > start && end - start <= movieIdLengthMax && (end - start > 1 || text.charCodeAt(start) !== plus);

/** End of the run of title characters and whole percent codes. */
function titleEnd(text: string, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === percent) {
      if (at + 2 >= end || !isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) return at;
      at += 2;
    } else if (code > 127 || isTitleCharacter[code] === 0) return at;
  }
  return end;
}

const isDigit = (code: number): boolean => code >= zero && code <= nine;
const isHex = (code: number): boolean => isDigit(code) || (code >= 0x41 && code <= 0x46);

/** `+` alone, or `+` and a year from 1800 to 2099. */
function endsInYear(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(end - 1) === plus) return true;
  if (end - start < 5 || text.charCodeAt(end - 5) !== plus) return false;
  const [thousand, hundred] = [text.charCodeAt(end - 4), text.charCodeAt(end - 3)];
  const isCentury = thousand === one ? hundred === eight || hundred === nine : thousand === two && hundred === zero;
  return isCentury && isDigit(text.charCodeAt(end - 2)) && isDigit(text.charCodeAt(end - 1));
}
