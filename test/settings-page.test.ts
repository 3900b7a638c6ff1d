import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../services/all-in-one/src/settings.ts';
import { autoscalerConfig } from '../services/autoscaler/src/config.ts';
import { gatewayConfig } from '../services/gateway/src/config.ts';
import { inferenceWorkerConfig } from '../services/inference-worker/src/config.ts';
import { ingestorConfig } from '../services/ingestor/src/config.ts';
import { releaseManagerConfig } from '../services/release-manager/src/config.ts';
import { simulatorConfig } from '../services/simulator/src/config.ts';
import { trainerConfig } from '../services/trainer/src/config.ts';
import { readSettingRows, settingDifferences, wrongNumbers, type Settings } from './settings-page.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/settings.md'), 'utf8');
const otherPages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md') && name !== 'docs/settings.md')
  .map((name) => readFileSync(join(root, name), 'utf8'));

const programs = new Map<string, Settings>(
  Object.entries({
    'command line': settingsSchema,
    gateway: gatewayConfig,
    'inference-worker': inferenceWorkerConfig,
    ingestor: ingestorConfig,
    trainer: trainerConfig,
    'release-manager': releaseManagerConfig,
    autoscaler: autoscalerConfig,
    simulator: simulatorConfig,
  }).map(([name, schema]) => [name, settingsIn(schema)]),
);

interface Schema {
  shape: Record<string, { safeParse(value: unknown): { data?: unknown } }>;
}

function settingsIn({ shape }: Schema): Settings {
  const textOf = (value: unknown): string | undefined => [value].flat().join(',') || undefined;
  return new Map(Object.entries(shape).map(([name, schema]) => [name, textOf(schema.safeParse(undefined).data)]));
}

test('every setting of every program is on the page with its default, and nothing else', () => {
  expect([...programs.values()].reduce((sum, settings) => sum + settings.size, 0)).toBeGreaterThan(200);
  expect(settingDifferences(programs, readSettingRows(page))).toEqual([]);
});

test.each([
  ['a row left out', page.replace(/^.*`LIST_LENGTH`.*$\n/m, ''), 'not documented: gateway, LIST_LENGTH'],
  ['a row of nobody', page.replace('`LIST_LENGTH`', '`LIST_LENGTH`, `LIST_WIDTH`'), 'not there: gateway, LIST_WIDTH'],
  ['another default', page.replace('8000, 150', '8000, 300'), 'ITEM_WEIGHTS_KEPT: the page says 300, the program 150'],
])('planted fault: with %s the check says so', (_fault, text, sentence) => {
  expect(settingDifferences(programs, readSettingRows(text))).toEqual([sentence]);
});

test('no other page names another number as a default; a planted one is told', () => {
  const rows = otherPages.flatMap(readSettingRows);
  expect(rows.length).toBeGreaterThan(30);
  expect(wrongNumbers(programs, rows)).toEqual([]);
  const planted = readSettingRows('| setting | default |\n| --- | --- |\n| `RATING_MAX` | 1,000 |');
  expect(wrongNumbers(programs, planted)).toEqual(['RATING_MAX: the page says 1000, the program 5 or 10']);
});
