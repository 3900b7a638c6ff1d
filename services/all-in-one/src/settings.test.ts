import { expect, test } from 'vitest';
import { embeddedAddresses, readSettings, serviceEnvironment } from './settings.ts';

const environmentOf = (given: Record<string, string>) => {
  const settings = readSettings({ REELAY_HOME: '/home/reelay', ...given });
  return serviceEnvironment(settings, embeddedAddresses(settings));
};

test('a store of artifacts that is given has copies at home; the one at home needs none', () => {
  expect(environmentOf({ ARTIFACTS_URL: 'file:/shared' }).ARTIFACT_CACHE_DIR).toBe('/home/reelay/artifact-copies');
  expect(environmentOf({})).not.toHaveProperty('ARTIFACT_CACHE_DIR');
});
