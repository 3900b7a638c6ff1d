import { tastes } from './catalogue.ts';
import { Random } from './random.ts';
import { WeightedDraw } from './weighted-draw.ts';

/** The 21 occupations with how often they occur among 28,589 users of 2025. */
const occupationCounts = {
  'college/grad student': 6921,
  'executive/managerial': 5460,
  'sales/marketing': 3839,
  scientist: 2751,
  'other or not specified': 1936,
  'self-employed': 1866,
  'academic/educator': 1054,
  'K-12 student': 1044,
  homemaker: 797,
  artist: 624,
  retired: 498,
  'clerical/admin': 490,
  'technician/engineer': 402,
  programmer: 294,
  'tradesman/craftsman': 134,
  writer: 123,
  'doctor/health care': 97,
  lawyer: 94,
  'customer service': 92,
  unemployed: 67,
  farmer: 6,
} as const;

export const occupations = Object.keys(occupationCounts);
const shareOfWomen = 0.17;
/** First ages of the bands under which people's tastes are alike. */
const ageBands = [0, 18, 25, 35, 45, 56];

export interface Person {
  /** Years, 8 to 90. */
  age: number;
  gender: 'M' | 'F';
  occupation: string;
}

/** Who lives in a world, and how age, gender and occupation pull on taste. */
export class Demographics {
  private readonly occupation = new WeightedDraw(Object.values(occupationCounts));
  private readonly pulls: { age: Float64Array[]; gender: Float64Array[]; occupation: Float64Array[] };

  constructor(seed: number) {
    const random = new Random(seed, 'demographics');
    const pulls = (groups: number, strength: number) =>
      Array.from({ length: groups }, () => Float64Array.from({ length: tastes }, () => strength * random.normal()));
    this.pulls = {
      age: pulls(ageBands.length, 0.7),
      gender: pulls(2, 0.5),
      occupation: pulls(occupations.length, 0.5),
    };
  }

  /** Ages are log-normal with mean about 30; the three are drawn independently, as in the course's data. */
  draw(random: Random): Person {
    const age = Math.round(28 * Math.exp(0.38 * random.normal()));
    return {
      age: Math.min(90, Math.max(8, age)),
      gender: random.chance(shareOfWomen) ? 'F' : 'M',
      occupation: occupations[this.occupation.draw(random)],
    };
  }

  /** How much people like this one are drawn to `taste`, on the scale of a personal inclination of deviation 1. */
  pull({ age, gender, occupation }: Person, taste: number): number {
    const band = ageBands.findLastIndex((first) => age >= first);
    const { pulls } = this;
    return (
      pulls.age[band][taste] +
      pulls.gender[gender === 'F' ? 1 : 0][taste] +
      pulls.occupation[occupations.indexOf(occupation)][taste]
    );
  }
}
