import { isMovieId } from '@reelay/shared/contracts';
import type { Random } from './random.ts';

const onsets = [
  'b',
  'br',
  'c',
  'd',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
];
const vowels = ['a', 'e', 'i', 'o', 'u', 'a', 'e', 'o', 'ea', 'ou'];
const codas = ['', '', '', 'l', 'n', 'r', 's', 'm'];
const vocabularySize = 900;

/** How often each form of title is drawn; the rare ones carry the characters that movie ids treat specially. */
const forms: [weight: number, form: (word: () => string, random: Random) => string][] = [
  [20, (w) => w()],
  [18, (w) => `The ${w()}`],
  [24, (w) => `${w()} ${w()}`],
  [10, (w) => `The ${w()} of ${w()}`],
  [8, (w) => `${w()} in the ${w()} ${w()}`],
  [5, (w, random) => `${w()} ${2 + random.below(3)}`],
  [4, (w) => `${w()} and the ${w()}`],
  [2, (w) => `${w()}'s ${w()}`],
  [2, (w) => `${w()}: The ${w()} ${w()}`],
  [2, (w) => `The ${w()}, the ${w()} and the ${w()}`],
  [1.5, (w) => `${w()}-${w()}`],
  [1, (w) => `Dr. ${w()}`],
  [1, (w) => `${w()} & the ${w()}`],
  [0.5, (w) => `${w()}!`],
  [0.5, (w) => `Who Is ${w()}?`],
  [0.3, (w) => `"${w()}" and Other ${w()}`],
  [0.1, (w) => `${w().slice(0, 1)}*${w()}`],
];
const weightOfAll = forms.reduce((sum, [weight]) => sum + weight, 0);

/** Makes titles of invented words; the same words come again, as they do in real titles. */
export function createTitles(random: Random): () => string {
  const words = Array.from({ length: vocabularySize }, () => inventWord(random));
  // Squared: some words are in many titles, most in few.
  const word = () => words[Math.floor(random.next() ** 2 * words.length)];
  return () => drawForm(random)(word, random);
}

/**
 * Id of a movie: lower-case words joined by `+`, a comma becomes `_`, quotes, `:`, `?`, `/`, `&` and what is not ASCII are
 * dropped, then `+` and the year (nothing after the `+` where it is unknown).
 */
export function movieIdOf(title: string, year: number | null): string {
  const words = title
    .toLowerCase()
    .replaceAll(',', '_')
    .replaceAll(/[^a-z0-9_.*! -]/g, '')
    .replaceAll(' ', '+');
  const id = `${words}+${year ?? ''}`;
  if (!isMovieId(id)) throw new Error(`title without an id: ${title}`);
  return id;
}

function inventWord(random: Random): string {
  const open = () => random.pick(onsets) + random.pick(vowels);
  const word = open() + (random.chance(0.3) ? open() : '') + open() + random.pick(codas);
  return word[0].toUpperCase() + word.slice(1);
}

function drawForm(random: Random) {
  let left = random.next() * weightOfAll;
  for (const [weight, form] of forms) {
    left -= weight;
    if (left < 0) return form;
  }
  return forms[0][1];
}
