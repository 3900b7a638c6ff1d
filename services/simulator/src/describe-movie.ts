import { genresOfTaste, tastes, type Movie } from './catalogue.ts';
import type { Population } from './population.ts';
import { Random } from './random.ts';

/** Whose form the answers have: until 2019 with taglines, until 2025 without, from 2026 on with real numbers. */
export type ApiYear = '2019' | '2025' | '2026';

/** Identities of genres as the movie database numbers them. */
const genreIds: Record<string, number> = {
  Action: 28,
  Adventure: 12,
  Animation: 16,
  Comedy: 35,
  Crime: 80,
  Documentary: 99,
  Drama: 18,
  Family: 10_751,
  Fantasy: 14,
  Foreign: 10_769,
  History: 36,
  Horror: 27,
  Music: 10_402,
  Mystery: 9_648,
  Romance: 10_749,
  'Science Fiction': 878,
  Thriller: 53,
  'TV Movie': 10_770,
  War: 10_752,
  Western: 37,
};

/**
 * A movie as the course's API tells it: 24 keys, numbers and `adult` as text, the word "null" where nothing is known, `{}` for no
 * collection. Without `tagline` in 2025; in 2026 numbers are numbers, what is unknown is null, and `keywords` and `cost` are there.
 */
export function describeMovie({ seed, catalogue }: Population, place: number, year: ApiYear): Record<string, unknown> {
  const movie = catalogue.movies[place];
  const random = new Random(seed, 'details', place);
  const { tagline, ...early } = earlyForm(movie, place, random);
  if (year === '2019') return { ...early, tagline };
  return year === '2025' ? early : lateForm(early, movie, random);
}

function earlyForm(movie: Movie, place: number, random: Random) {
  const rarely = (probability: number, text: string) => (random.chance(probability) ? 'null' : text);
  const sequel = random.chance(0.06);
  const name = `${movie.title} Collection`;
  return {
    id: movie.id,
    tmdb_id: place + 1,
    imdb_id: `tt${String(place + 1).padStart(7, '0')}`,
    title: movie.title,
    original_title: movie.title,
    adult: 'False',
    belongs_to_collection: sequel ? { id: place + 1, name, poster_path: 'null', backdrop_path: 'null' } : {},
    budget: random.chance(0.6) ? '0' : String(1_000_000 * (1 + random.below(120))),
    revenue: random.chance(0.6) ? '0' : String(1_000_000 * (1 + random.below(400))),
    genres: movie.genres.map((genre) => ({ id: genreIds[genre], name: genre })),
    homepage: rarely(0.55, `http://movies.invalid/${place + 1}`),
    original_language: random.chance(0.8) ? 'en' : random.pick(['fr', 'ja', 'de', 'it']),
    overview: random.chance(0.005) ? random.pick(['', 'null']) : `What happens in ${movie.title}.`,
    popularity: (random.next() * 20).toFixed(6),
    poster_path: rarely(0.002, `/${place + 1}.jpg`),
    production_companies: [{ name: 'Invented Pictures', id: 1 + random.below(900) }],
    production_countries: [{ iso_3166_1: 'US', name: 'United States of America' }],
    release_date: movie.year === null ? 'null' : `${movie.year}-${twoDigits(random, 12)}-${twoDigits(random, 28)}`,
    runtime: random.chance(0.004) ? 0 : movie.runtime,
    spoken_languages: [{ iso_639_1: 'en', name: 'English' }],
    status: random.chance(0.996) ? 'Released' : random.pick(['Rumored', 'null', 'Post Production']),
    tagline: random.chance(0.48) ? random.pick(['', 'null']) : `${movie.title}: see it.`,
    vote_average: (random.next() * 10).toFixed(1),
    vote_count: random.chance(0.027) ? '0' : String(1 + random.below(5_000)),
  };
}

const numbersAsText = ['budget', 'revenue', 'popularity', 'vote_average', 'vote_count'];

function lateForm(early: Record<string, unknown>, movie: Movie, random: Random): Record<string, unknown> {
  const told = Object.entries(early).map(([key, value]) => {
    if (numbersAsText.includes(key)) return [key, Number(value)];
    return [key, value === 'null' ? null : value];
  });
  return {
    ...(Object.fromEntries(told) as Record<string, unknown>),
    belongs_to_collection: null,
    keywords: movie.genres.map((genre) => genre.toLowerCase()),
    cost: Number((0.005 + 0.36 * random.next()).toFixed(3)),
  };
}

const twoDigits = (random: Random, most: number): string => String(1 + random.below(most)).padStart(2, '0');

/** A user as the API tells it; from 2026 on with what people say about themselves, if they say anything. */
export function describeUser(population: Population, place: number, year: ApiYear): Record<string, unknown> {
  const { age, gender, occupation } = population.people[place];
  const told = { user_id: population.userIds[place], age, occupation, gender };
  if (year !== '2026') return told;
  const random = new Random(population.seed, 'description', place);
  if (random.chance(0.29)) return { ...told, self_description_likes: null, self_description_dislikes: null };
  const wish = Array.from(population.wish.subarray(place * tastes, (place + 1) * tastes));
  const genreOf = (value: number) => genresOfTaste[wish.indexOf(value)][0].toLowerCase();
  return {
    ...told,
    self_description_likes: `i like ${genreOf(Math.max(...wish))} movies`,
    self_description_dislikes: random.chance(0.3) ? '' : `not so much ${genreOf(Math.min(...wish))}`,
  };
}
