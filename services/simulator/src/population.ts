import { createCatalogue, tastes, type Catalogue } from './catalogue.ts';
import { Demographics, type Person } from './demographics.ts';
import { presets, type Preset, type PresetName } from './presets.ts';
import { Random } from './random.ts';
import { WeightedDraw } from './weighted-draw.ts';

/** User ids lie between 1 and this. */
export const userIdMax = 1_000_000;

/** How sharply an inclination turns into a taste: higher, and people like fewer kinds of movies. */
const sharpness = 1.8;

/** A made-up world: everything that decides what people do, and that no other part of the product may know. */
export interface Population {
  seed: number;
  preset: Preset;
  catalogue: Catalogue;
  /** By place: `people[n]` has the id `userIds[n]`. */
  people: Person[];
  userIds: Int32Array;
  placeOfUser: Map<number, number>;
  /** `users × tastes`, row-major, rows of length 1: what the user wants. */
  wish: Float64Array;
  /** How often a user comes, relative to the mean user. */
  activity: Float64Array;
  /** Rating points that a user gives more (or less) than others. */
  generosity: Float64Array;
  /** Draws a movie by fame. */
  byFame: WeightedDraw;
}

/** The same population for a seed and preset, on every machine. */
export function createPopulation(options: { seed: number; preset: PresetName | Preset }): Population {
  const { seed } = options;
  const preset: Preset = typeof options.preset === 'string' ? presets[options.preset] : options.preset;
  const catalogue = createCatalogue(seed, preset);
  const random = new Random(seed, 'people');
  const demographics = new Demographics(seed);
  const people = Array.from({ length: preset.users }, () => demographics.draw(random));
  const wish = new Float64Array(preset.users * tastes);
  people.forEach((person, place) => drawWish(random, demographics, person, wish.subarray(place * tastes)));
  const userIds = drawUserIds(new Random(seed, 'user ids'), preset.users);
  return {
    seed,
    preset,
    catalogue,
    people,
    userIds,
    placeOfUser: new Map(Array.from(userIds, (id, place) => [id, place])),
    wish,
    activity: Float64Array.from(people, () => Math.exp(0.5 * random.normal())),
    generosity: Float64Array.from(people, () => 0.25 * random.normal()),
    byFame: new WeightedDraw(catalogue.fame.map(Math.exp)),
  };
}

/** Ids of the `count` users who come most often, of those whom a history speaks of by default: each has a long one. */
export function exampleUserIds(population: Population, count: number): number[] {
  const { activity, userIds, preset } = population;
  const places = Array.from({ length: Math.min(preset.usersActive, userIds.length) }, (_, place) => place);
  return places
    .sort((a, b) => activity[b] - activity[a])
    .slice(0, count)
    .map((place) => userIds[place]);
}

/** Group's pull plus personal inclination, sharpened to a mixture of a few tastes, of length 1. */
function drawWish(random: Random, demographics: Demographics, person: Person, row: Float64Array): void {
  for (let taste = 0; taste < tastes; taste++) {
    row[taste] = Math.exp(sharpness * (demographics.pull(person, taste) + random.normal()));
  }
  const length = Math.hypot(...row.subarray(0, tastes));
  for (let taste = 0; taste < tastes; taste++) row[taste] /= length;
}

function drawUserIds(random: Random, count: number): Int32Array {
  const ids = new Set<number>();
  while (ids.size < count) ids.add(1 + random.below(userIdMax));
  return Int32Array.from(ids);
}
