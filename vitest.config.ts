import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'services/*/src/**/*.test.ts',
      'infra/native/src/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    globalSetup: ['test/real-servers.setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
    // Two cores: more files at once only make real servers slow.
    maxWorkers: 2,
    pool: 'forks',
  },
});
