import { describe, expect, test } from 'vitest';
import { alarmsIn, explainedIn, metricsIn, misfits, readRunbook, readSources } from './read-alarms.ts';

test('every metric of the runbook exists, and every warning and error that a service logs has an entry', async () => {
  const [sources, runbook] = [await readSources(), await readRunbook()];
  expect(metricsIn(sources).size).toBeGreaterThan(40);
  expect(alarmsIn(sources).size).toBeGreaterThan(40);
  expect(explainedIn(runbook).size).toBeGreaterThan(40);
  expect(misfits(sources, runbook)).toEqual([]);
});

test('every entry says where it is seen and what to do', async () => {
  const entries = (await readRunbook()).split('\n### ').slice(1);
  expect(entries.length).toBeGreaterThan(20);
  const lacking = entries.filter((entry) => !entry.includes('\n- Metric:') || !entry.includes('\n- Do:'));
  expect(lacking.map((entry) => entry.split('\n')[0])).toEqual([]);
});

describe('the check can fail', () => {
  const source = (text: string) => [{ path: 'services/made-up/src/thing.ts', text }];
  const runbook = '- Metric: `reelay_thing_total`\n- Log: `the thing broke`';
  const code =
    "new Counter({ name: 'reelay_thing_total' }); log.error({ error: messageOf(error) }, 'the thing broke');";

  test('it is silent when all fits', () => {
    expect(misfits(source(code), runbook)).toEqual([]);
  });

  test.each([
    ['a metric that was renamed', code.replace('thing_total', 'things_total'), 'no such metric: reelay_thing_total'],
    [
      'a log line without an entry',
      `${code} this.#deps.log.warn({ a: f(1) },\n 'another thing broke',\n);`,
      'no entry for "another thing broke" of services/made-up/src/thing.ts',
    ],
    ['an entry of nobody', code.replace('the thing broke', 'the thing broke.'), 'nobody logs "the thing broke"'],
  ])('%s is told', (_what, text, misfit) => {
    expect(misfits(source(text), runbook)).toContain(misfit);
  });

  test('names that are put together are known', () => {
    const made =
      "const gauge = (name) => new Gauge({ name: `reelay_thing_${name}` }); gauge('total'); log.warn('the thing broke');";
    expect(misfits(source(made), runbook)).toEqual([]);
  });
});
