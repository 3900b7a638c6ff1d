import { expect, test } from 'vitest';
import { kafkaLibs } from '../kafka-home.ts';
import { describePlan, isEmpty } from './setup-plan.ts';

test('the plan names each package, the jars and their folder', () => {
  const text = describePlan({ packages: ['redis-server', 'maven'], kafkaJars: true });
  for (const part of ['redis-server', 'maven', 'Apache Kafka 4.3.1', kafkaLibs()]) expect(text).toContain(part);
  expect(describePlan({ packages: ['redis-server'], kafkaJars: false })).not.toContain('Kafka');
});

test('a plan is empty only without packages and jars', () => {
  expect(isEmpty({ packages: [], kafkaJars: false })).toBe(true);
  expect(isEmpty({ packages: ['maven'], kafkaJars: false })).toBe(false);
  expect(isEmpty({ packages: [], kafkaJars: true })).toBe(false);
});

test('the cache folder follows XDG_CACHE_HOME when that is an absolute path', () => {
  expect(kafkaLibs({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/reelay/kafka-4.3.1/libs');
  expect(kafkaLibs({ XDG_CACHE_HOME: 'caches' })).toBe(kafkaLibs({}));
});
