import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 120_000,
    // Two cores: more files at once only make real servers slow.
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: [
            'packages/*/src/**/*.test.ts',
            'services/*/src/**/*.test.ts',
            'infra/native/src/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', 'test/faults/**'],
          globalSetup: ['test/real-servers.setup.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Deadlines are kept or missed here, so nothing else runs beside them; they start servers of their own.
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
