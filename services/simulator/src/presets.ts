/** Size and length of a made-up world. */
export interface Preset {
  movies: number;
  users: number;
  /** How many of them a history speaks of, if nothing else is asked for; the others are new to the platform. */
  usersActive: number;
  /** Minutes, shortest and longest. */
  runtime: { shortest: number; longest: number };
}

export const presets = {
  /** Short viewings: a full history in 50,000 lines, for tests. */
  tiny: { movies: 400, users: 300, usersActive: 300, runtime: { shortest: 5, longest: 15 } },
  small: { movies: 2_000, users: 2_000, usersActive: 1_000, runtime: { shortest: 70, longest: 180 } },
  full: { movies: 27_000, users: 100_000, usersActive: 20_000, runtime: { shortest: 70, longest: 180 } },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
