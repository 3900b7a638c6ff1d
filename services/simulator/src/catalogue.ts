import { Random } from './random.ts';
import type { Preset } from './presets.ts';
import { createTitles, movieIdOf } from './titles.ts';

/** Number of latent tastes. Each movie speaks to one or two of them; a user's taste is a mixture of a few. */
export const tastes = 10;

/** Genres that a taste goes with, the most typical first. */
export const genresOfTaste = [
  ['Drama', 'Romance'],
  ['Comedy', 'Family'],
  ['Action', 'Thriller'],
  ['Horror', 'Mystery'],
  ['Science Fiction', 'Fantasy'],
  ['Documentary', 'History'],
  ['Crime', 'Mystery'],
  ['Animation', 'Adventure'],
  ['War', 'Western'],
  ['Music', 'Foreign'],
] as const;
const allGenres = [...new Set(genresOfTaste.flat()), 'TV Movie'];

export interface Movie {
  id: string;
  title: string;
  /** Null where unknown (about one in a thousand). */
  year: number | null;
  /** May be empty. */
  genres: string[];
  /** Minutes. */
  runtime: number;
  /** Age from which it is suitable, in years; absent for those that nobody rated. */
  minAge?: number;
}

export interface Catalogue {
  movies: Movie[];
  /** Place of a movie by its id. */
  placeOf: Map<string, number>;
  /** `movies × tastes`, row-major, rows of length about 1: what the movie offers. */
  offer: Float64Array;
  /** Natural logarithm of how often a movie is thought of, relative to the mean movie. */
  fame: Float64Array;
  /** Rating points that the movie is better (or worse) than others to everybody. */
  quality: Float64Array;
}

/** Fame falls with the rank r as (r + 8)^−0.7: few movies are known to all, as in a real log (Zipf–Mandelbrot). */
const fameExponent = 0.7;
const fameOffset = 8;

/** A catalogue of invented movies; the same for a seed and preset. */
export function createCatalogue(seed: number, preset: Preset): Catalogue {
  const random = new Random(seed, 'catalogue');
  const offer = new Float64Array(preset.movies * tastes);
  const quality = Float64Array.from({ length: preset.movies }, () => 0.35 * random.normal());
  const titles = createTitles(new Random(seed, 'titles'));
  const ages = new Random(seed, 'age ratings');
  const placeOf = new Map<string, number>();
  const movies = Array.from({ length: preset.movies }, (_, place) => {
    const [main, second] = drawOffer(random, offer.subarray(place * tastes, (place + 1) * tastes));
    const named = nameMovie(random, titles, placeOf);
    placeOf.set(named.id, place);
    const { shortest, longest } = preset.runtime;
    const genres = drawGenres(random, main, second);
    return { ...named, genres, runtime: drawRuntime(random, shortest, longest), ...drawAgeRating(ages, genres) };
  });
  return { movies, placeOf, offer, fame: drawFame(random, quality), quality };
}

/** Fills a row of the offers; returns the taste that it mainly serves and the second one, −1 where there is none. */
function drawOffer(random: Random, row: Float64Array): [main: number, second: number] {
  const main = random.below(tastes);
  const second = random.chance(0.5) ? (main + 1 + random.below(tastes - 1)) % tastes : -1;
  for (let taste = 0; taste < tastes; taste++) row[taste] = 0.06 * Math.abs(random.normal());
  row[main] += 1;
  if (second >= 0) row[second] += random.between(0.3, 0.8);
  const length = Math.hypot(...row);
  for (let taste = 0; taste < tastes; taste++) row[taste] /= length;
  return [main, second];
}

/** A title and year whose id is not taken yet. */
function nameMovie(random: Random, titles: () => string, taken: Map<string, number>) {
  for (;;) {
    const title = titles();
    // More recent movies than old ones.
    const year = random.chance(0.001) ? null : 2025 - Math.floor(random.next() ** 1.5 * 95);
    const id = movieIdOf(title, year);
    if (!taken.has(id)) return { id, title, year };
  }
}

function drawGenres(random: Random, main: number, second: number): string[] {
  if (random.chance(0.03)) return [];
  const genres = new Set<string>([random.pick(genresOfTaste[main])]);
  if (random.chance(0.5)) genres.add(random.pick(genresOfTaste[main]));
  if (second >= 0) genres.add(random.pick(genresOfTaste[second]));
  if (random.chance(0.15)) genres.add(random.pick(allGenres));
  return [...genres];
}

/** Steps of a board of film classification. */
const ageSteps = [0, 6, 12, 16, 18];
const forChildren = ['Family', 'Animation'];
const forGrownUps = ['Horror', 'Thriller', 'Crime', 'War'];

/** One in twenty is not rated. */
function drawAgeRating(random: Random, genres: readonly string[]): { minAge?: number } {
  const step = random.below(3);
  if (random.chance(0.05)) return {};
  if (genres.some((genre) => forGrownUps.includes(genre))) return { minAge: ageSteps[step + 2] };
  return { minAge: ageSteps[genres.some((genre) => forChildren.includes(genre)) ? step : step + 1] };
}

/** Most are near a third of the range: the mean of two draws, squeezed towards the shorter end. */
function drawRuntime(random: Random, shortest: number, longest: number): number {
  const x = ((random.next() + random.next()) / 2) ** 1.5;
  return Math.round(shortest + x * (longest - shortest));
}

/** Better movies tend to be better known. */
function drawFame(random: Random, quality: Float64Array): Float64Array {
  const appeal = quality.map((points) => points + 0.6 * random.normal());
  const order = Array.from(appeal, (_, place) => place).sort((a, b) => appeal[b] - appeal[a] || a - b);
  const weight = new Float64Array(order.length);
  order.forEach((place, rank) => (weight[place] = (rank + fameOffset) ** -fameExponent));
  const mean = weight.reduce((sum, w) => sum + w, 0) / weight.length;
  return weight.map((w) => Math.log(w / mean));
}
