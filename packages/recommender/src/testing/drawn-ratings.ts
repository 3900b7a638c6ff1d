import type { RatingData } from '../rating-model/rating-data.ts';
import { createDice } from './latent-tastes.ts';

/** Ratings from 1 to 5 that are a mean, a mood of the user, a quality of the item, two tastes that fit or not, and noise. */
export function drawRatingData(size: {
  users: number;
  items: number;
  ratings: number;
  seed: number;
  /** How much taste moves a rating, in points; 0: nothing but biases. */
  taste?: number;
}): RatingData & { readonly test: RatingData } {
  const { users, items, ratings, taste = 0.8 } = size;
  const dice = createDice(size.seed);
  const people = Array.from({ length: users }, () => ({
    mood: 0.4 * dice.gaussian(),
    tastes: [dice.gaussian(), dice.gaussian()],
  }));
  const titles = Array.from({ length: items }, () => ({
    quality: 0.5 * dice.gaussian(),
    tastes: [dice.gaussian(), dice.gaussian()],
  }));
  const draw = (count: number): RatingData => {
    const user = Int32Array.from({ length: count }, () => dice.between(0, users - 1));
    const item = Int32Array.from({ length: count }, () => dice.between(0, items - 1));
    const rating = Float32Array.from(user, (row, at) => {
      const [person, title] = [people[row], titles[item[at]]];
      const fit = person.tastes[0] * title.tastes[0] + person.tastes[1] * title.tastes[1];
      const value = 3.4 + person.mood + title.quality + taste * fit + 0.4 * dice.gaussian();
      return Math.min(5, Math.max(1, Math.round(value)));
    });
    return { users, items, user, item, rating, scale: { min: 1, max: 5 } };
  };
  return { ...draw(ratings), test: draw(Math.ceil(ratings / 4)) };
}
