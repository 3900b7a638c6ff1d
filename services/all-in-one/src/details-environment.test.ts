import { expect, test } from 'vitest';
import { detailsEnvironment } from './details-environment.ts';

test('beside the simulator the ingestor is handed its API, on a free port or the one named', async () => {
  const { API_PORT, DETAILS_API_URL } = await detailsEnvironment({}, { simulator: true });
  expect(Number(API_PORT)).toBeGreaterThan(0);
  expect(DETAILS_API_URL).toBe(`http://127.0.0.1:${API_PORT}`);
  expect(await detailsEnvironment({ API_PORT: '8090' }, { simulator: true })).toEqual({
    API_PORT: '8090',
    DETAILS_API_URL: 'http://127.0.0.1:8090',
  });
});

test('what the user named is not replaced', async () => {
  const named = { USER_API_URL: 'http://course:8080/user', USERS_FILE: '/data/users.csv' };
  const environment = await detailsEnvironment({ ...named, API_PORT: '8090' }, { simulator: true });
  expect(environment).toEqual({ USERS_FILE: '/data/users.csv', API_PORT: '8090' });
  expect(await detailsEnvironment(named, { simulator: false })).toEqual({ USERS_FILE: '/data/users.csv' });
  expect(await detailsEnvironment({ API_PORT: 'off' }, { simulator: true })).toEqual({});
});
