import { systemClock } from '@reelay/shared/runtime';
import { createManualClock, lifecycleContract } from '@reelay/shared/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { simulatorConfig } from './config.ts';
import { describeMovie } from './describe-movie.ts';
import { createDetailsApi, type ApiSettings, type DetailsApi } from './details-api.ts';
import { createPopulation } from './population.ts';

const population = createPopulation({ seed: 1, preset: 'tiny' });
const [firstUser, secondUser] = population.userIds;
const [movie, other] = population.catalogue.movies;
const nobody = population.userIds.indexOf(1) < 0 ? 1 : 2;

const open: DetailsApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.stop();
});

function make(settings: Record<string, string> = {}, clock = systemClock): DetailsApi {
  const config = simulatorConfig.parse({ API_PORT: '0', ...settings }) as ApiSettings;
  const api = createDetailsApi({ config, population, clock });
  open.push(api);
  return api;
}

async function started(settings?: Record<string, string>, clock = systemClock) {
  const api = make(settings, clock);
  await api.start();
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}

lifecycleContract('details API', {
  async make() {
    const api = make();
    let listening = 0;
    const service = {
      name: api.name,
      start: () => api.start().then(() => void (listening = 1)),
      stop: () => api.stop().then(() => void (listening = 0)),
    };
    return { service, open: () => listening };
  },
  async makeFailing() {
    const taken = make();
    await taken.start();
    return { service: make({ API_PORT: String(taken.port) }), open: () => 0, dispose: () => taken.stop() };
  },
});

const keys = [
  [
    'id',
    'tmdb_id',
    'imdb_id',
    'title',
    'original_title',
    'adult',
    'belongs_to_collection',
    'budget',
    'revenue',
    'genres',
  ],
  ['homepage', 'original_language', 'overview', 'popularity', 'poster_path', 'production_companies'],
  ['production_countries', 'release_date', 'runtime', 'spoken_languages', 'status', 'tagline', 'vote_average'],
  ['vote_count'],
].flat();

describe('the form of a year', () => {
  test('2019: 24 keys, numbers as text', async () => {
    const ask = await started({ SIM_API_YEAR: '2019' });
    const { status, body } = await ask(`/movie/${movie.id}`);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(keys.toSorted());
    expect(body).toMatchObject({ id: movie.id, adult: 'False', budget: expect.any(String) as string });
    expect(await ask(`/user/${firstUser}`)).toEqual({
      status: 200,
      body: { user_id: firstUser, ...population.people[0] },
    });
  });

  test('2025: no tagline, one id at a time', async () => {
    const ask = await started({ SIM_API_YEAR: '2025' });
    expect(Object.keys((await ask(`/movie/${movie.id}`)).body).sort()).toEqual(
      keys.filter((key) => key !== 'tagline').toSorted(),
    );
    expect(await ask(`/user/${firstUser},${secondUser}`)).toEqual({ status: 404, body: { message: 'user not found' } });
  });

  test('2026: numbers, keywords, cost, self-descriptions, and lists in the order asked', async () => {
    const ask = await started({ SIM_API_YEAR: '2026' });
    const { body } = await ask(`/movie/${other.id},no+such+movie+1900,${movie.id}`);
    expect(body).toMatchObject(
      [
        { id: other.id, budget: expect.any(Number) as number, cost: expect.any(Number) as number, keywords: [] },
        { message: 'movie not found' },
        { id: movie.id },
      ].map((entry) => ('keywords' in entry ? { ...entry, keywords: expect.any(Array) as string[] } : entry)),
    );
    expect((await ask(`/user/${firstUser}`)).body).toHaveProperty('self_description_likes');
    const many = Array.from({ length: 201 }, (_, place) => place + 1).join(',');
    expect((await ask(`/user/${many}`)).status).toBe(400);
  });

  test('the word "null", empty genres and a runtime of 0 occur', () => {
    const movies = population.catalogue.movies.map((_, place) => describeMovie(population, place, '2019'));
    expect(movies.some(({ homepage }) => homepage === 'null')).toBe(true);
    expect(movies.some(({ genres }) => (genres as unknown[]).length === 0)).toBe(true);
    expect(movies.some(({ runtime }) => runtime === 0)).toBe(true);
    expect(movies).toEqual(population.catalogue.movies.map((_, place) => describeMovie(population, place, '2019')));
  });
});

test.each(['404', '200'])('an unknown id has a message, with status %s', async (status) => {
  const ask = await started({ SIM_API_UNKNOWN_STATUS: status });
  expect(await ask(`/user/${nobody}`)).toEqual({ status: Number(status), body: { message: 'user not found' } });
  expect(await ask('/movie/x')).toEqual({ status: Number(status), body: { message: 'movie not found' } });
  expect((await ask('/users')).status).toBe(404);
});

test('more requests than a second allows get 429, until the next one', async () => {
  const clock = createManualClock();
  const ask = await started({ SIM_API_RATE: '2' }, clock);
  const statuses = [];
  for (let request = 0; request < 4; request++) statuses.push((await ask(`/user/${firstUser}`)).status);
  clock.advance(1_000);
  statuses.push((await ask(`/user/${firstUser}`)).status);
  expect(statuses).toEqual([200, 200, 429, 429, 200]);
});
