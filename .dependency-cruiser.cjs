const tests = '\\.(test|fixture)\\.ts$|/testing/|/fuzz/|/dumps/|^(test|bench)/';
/** The arrows of docs/architecture.md; a test plants a wrong one and counts the modules, so that silence means something. */
const services = '^services/([^/]+)/';
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    {
      name: 'contracts-import-only-zod',
      severity: 'error',
      from: { path: '^packages/shared/src/contracts/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^packages/shared/src/contracts/', 'node_modules/(\\.pnpm/)?zod'] },
    },
    {
      name: 'runtime-imports-contracts-alone',
      severity: 'error',
      from: { path: '^packages/shared/src/runtime/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(packages|services)/', pathNot: '^packages/shared/src/(contracts|runtime)/' },
    },
    {
      name: 'ports-import-contracts-and-runtime',
      severity: 'error',
      from: { path: '^packages/shared/src/(observability|messaging|storage)/', pathNot: tests },
      to: {
        path: '^(packages|services)/',
        pathNot: '^packages/shared/src/(contracts|runtime|$1)/',
      },
    },
    {
      name: 'recommender-does-no-io',
      severity: 'error',
      from: { path: '^packages/recommender/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(services/|node:|packages/shared/src/(messaging|storage|observability|testing))',
        dependencyTypesNot: [],
      },
    },
    {
      name: 'a-service-never-imports-another',
      severity: 'error',
      from: { path: services, pathNot: '^services/all-in-one/' },
      to: { path: services, pathNot: '^services/$1/' },
    },
    {
      name: 'all-in-one-enters-by-the-door',
      severity: 'error',
      from: { path: '^services/all-in-one/' },
      to: { path: services, pathNot: '^services/(all-in-one/|[^/]+/src/index\\.ts$)' },
    },
    {
      name: 'nobody-imports-all-in-one',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: '^services/all-in-one/' },
      to: { path: '^services/all-in-one/' },
    },
    {
      name: 'packages-know-no-service',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'drivers-stay-in-their-adapter',
      severity: 'error',
      from: {
        path: '^(packages|services)/',
        pathNot: [
          '^packages/shared/src/messaging/(rabbitmq|redis|kafka)/',
          '^packages/shared/src/storage/mysql/',
          '\\.test\\.ts$',
        ],
      },
      to: { path: 'node_modules/(\\.pnpm/)?(amqplib|ioredis|kafkajs|mysql2)[@/]' },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '\\.test\\.ts$|/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
    },
  },
};
