import { createMemoryLogger } from '@reelay/shared/observability';
import { expect, test } from 'vitest';
import { createProblemTeller } from './tell-problems.ts';

test('a trouble that lasts is one line in 30 s, which says how many were left out; another one is told at once', () => {
  const { log, lines } = createMemoryLogger();
  let now = 0;
  const tell = createProblemTeller(log, { monotonicMs: () => now });
  for (; now < 60_000; now += 100) tell({ port: 'EventLog', code: 'EVENT_LOG_DOWN', message: `away at ${now}` });
  tell({ port: 'EventLog', code: 'HANDLER_FAILED', message: 'once' });
  tell({ port: 'EventLog', code: 'EVENT_LOG_DOWN', message: 'away still' });
  expect(lines.map(({ code, message, leftOut }) => [code, message, leftOut])).toEqual([
    ['EVENT_LOG_DOWN', 'away at 0', 0],
    ['EVENT_LOG_DOWN', 'away at 30000', 299],
    ['HANDLER_FAILED', 'once', 0],
    ['EVENT_LOG_DOWN', 'away still', 299],
  ]);
});

test('codes that a driver invents do not fill the memory', () => {
  const { log, lines } = createMemoryLogger();
  const tell = createProblemTeller(log, { monotonicMs: () => 0 });
  for (let code = 0; code < 1_000; code++) tell({ port: 'EventLog', code: `CODE_${code}`, message: '' });
  expect(lines).toHaveLength(1_000);
  tell({ port: 'EventLog', code: 'CODE_0', message: 'forgotten, so told again' });
  expect(lines).toHaveLength(1_001);
});
