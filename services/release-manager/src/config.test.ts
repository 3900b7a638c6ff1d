import { loadConfig } from '@reelay/shared/runtime';
import { expect, test } from 'vitest';
import { gateRulesOf, releaseManagerConfig, releaseRulesOf, verdictRulesOf } from './config.ts';
import { defaultGateRules } from './gate/judge-candidate.ts';
import { defaultVerdictRules } from './verdict/rules.ts';

const load = (environment: Record<string, string>) => loadConfig(releaseManagerConfig, environment);

test('by default a fifth of the users, then everybody; without anything to judge by, everybody', () => {
  expect(releaseRulesOf(load({}), true).steps).toEqual([20, 100]);
  expect(releaseRulesOf(load({}), false).steps).toEqual([100]);
  expect(releaseRulesOf(load({ RELEASE_STEPS: '5,20,50,100' }), true).steps).toEqual([5, 20, 50, 100]);
});

test.each([',', '20', '50,20,100', '20,20,100', '0,100', '-5,100', '20,110', 'twenty,100'])(
  'steps %j are refused',
  (text) => {
    expect(() => load({ RELEASE_STEPS: text })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  },
);

test('the defaults of the settings are those that were measured', () => {
  expect(verdictRulesOf(load({}))).toEqual(defaultVerdictRules);
  expect(gateRulesOf(load({}))).toEqual(defaultGateRules);
});

test('the budget of a mean is 500 ms where none is named', () => {
  expect(verdictRulesOf(load({ LATENCY_RULE: 'mean' })).latencyBudget).toEqual({ rule: 'mean', ms: 500 });
  expect(verdictRulesOf(load({ LATENCY_BUDGET_MS: '90' })).latencyBudget).toEqual({ rule: 'p99', ms: 90 });
});

test('mail goes to several', () => {
  expect(load({ NOTIFY_TO: 'a@example.org, b@example.org' }).NOTIFY_TO).toEqual(['a@example.org', 'b@example.org']);
  expect(() => load({ SMTP_URL: 'http://mail' })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});
