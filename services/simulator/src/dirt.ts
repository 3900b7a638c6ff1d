import { keepsTheRules } from './line-check.ts';
import type { Random } from './random.ts';

/** `detectable`: the line breaks a rule of the log that a reader can know; else it still reads like a good line. */
export type DirtMark = 'detectable' | 'undetectable';

const lettersAndDigits = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const insertable = ` ${lettersAndDigits}`;
/** Share of the second kind among lines with a movie id: 20 of 54 dirty lines of 2022. */
const shareOfReplaced = 0.37;

/** Damages a line in one of the two ways seen in the course's log. */
export function soil(line: string, random: Random): string {
  const replaced = random.chance(shareOfReplaced) ? replaceMovieId(line, random) : undefined;
  return replaced ?? insertCharacter(line, random);
}

/** One random character (space, letter, digit) put in anywhere, ends included. */
function insertCharacter(line: string, random: Random): string {
  const at = random.below(line.length + 1);
  return line.slice(0, at) + random.pick([...insertable]) + line.slice(at);
}

/** The whole movie id replaced by 10 to 59 random letters and digits; `undefined` for a line without one movie. */
function replaceMovieId(line: string, random: Random): string | undefined {
  const found = /^(.*GET \/(?:data\/m|rate)\/)[^/=]*(.*)$/.exec(line);
  if (!found) return undefined;
  const id = Array.from({ length: 10 + random.below(50) }, () => random.pick([...lettersAndDigits])).join('');
  return found[1] + id + found[2];
}

export const markOf = (line: string, ratingMax: number): DirtMark =>
  keepsTheRules(line, ratingMax) ? 'undetectable' : 'detectable';

/** Says of each line in turn whether it is to be soiled: one in 1 / `rate` on average, 0 = never. */
export class DirtClock {
  private left: number;
  private readonly rate: number;
  private readonly random: Random;

  constructor(rate: number, random: Random) {
    this.rate = rate;
    this.random = random;
    this.left = this.wait();
  }

  strikes(): boolean {
    if (this.left-- > 0) return false;
    this.left = this.wait();
    return true;
  }

  /** Clean lines before the next dirty one: geometric. One draw a dirty line instead of one a line. */
  private wait(): number {
    if (this.rate <= 0) return Infinity;
    return this.rate >= 1 ? 0 : Math.floor(Math.log(1 - this.random.next()) / Math.log(1 - this.rate));
  }
}
