import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { artifactFiles, catalogueEntry, recommendResponse, type CatalogueEntry } from '@reelay/shared/contracts';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing/wait-until';
import { askAtRandom } from '../test/ask-at-random.ts';
import { checkReplays } from '../test/check-replays.ts';
import { followReceipts } from '../test/follow-receipts.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';
import { startPlatform } from './platform-under-test.ts';
import { printTable, row } from './print-table.ts';

const help = `node scripts/with-node.mjs bench/measure-receipts.ts [options]

Random answers of a platform as a user starts it: plain lists, longer ones, rules, callers without time, users who watch meanwhile, two
versions at once (30 % canary). The receipt of each is looked for and its list is made once more. Ends with 1 when a receipt is not found
within 5 s, or a model's or cached answer comes out otherwise.

options    --answers 1000   --seed 1
           --real    RabbitMQ, Redis, Kafka and MariaDB (npm run setup:native), a process a service
           --json

example    node scripts/with-node.mjs bench/measure-receipts.ts --answers 10000`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
    real: { type: 'boolean', default: false },
    answers: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const withinMs = 5_000;
/** Some who watched before, and so few that many ask again. */
const askers = 500;
/** The second version stays a canary for as long as this takes: nobody judges it. */
const month = String(30 * 86_400_000);
Object.assign(process.env, {
  RELEASE_STEPS: '30,100',
  VERDICT_MIN_MS: month,
  VERDICT_MAX_MS: month,
  VERDICT_MIN_ANSWERS: '1000000000',
  VERDICT_ABORT_ANSWERS: '1000000000',
  FAILURE_ANSWERS: '100000',
  FAILURE_MS: '3600000',
});

const platform = await startPlatform({ real: values.real });
try {
  const { addresses } = JSON.parse(await readFile(join(platform.home, 'run.json'), 'utf8')) as RunFile;
  const [ledger, artifacts] = [
    await openLedger(addresses.LEDGER_URL),
    await openArtifactStore(addresses.ARTIFACTS_URL),
  ];
  const catalogue = await catalogueOf(await versionOf(platform.users[0]));
  const watch = watching(catalogue);
  for (let at = 0; at < 50; at += 1) await watch(() => Math.random());
  await startCanary();
  const following = followReceipts(ledger, withinMs);
  const started = performance.now();
  await askAtRandom({
    gateway: platform.gateway,
    answers: Number(values.answers),
    seed: Number(values.seed),
    users: askers,
    ids: catalogue.map(({ id }) => id),
    genres: [...new Set(catalogue.flatMap(({ genres }) => genres))],
    meanwhile: watch,
    onAnswer: following.add,
  });
  const askedSeconds = (performance.now() - started) / 1_000;
  const found = await following.settled();
  const check = await checkReplays(found, { ledger, artifacts });
  report(check, found.map(({ afterMs }) => afterMs), askedSeconds); // prettier-ignore
  await ledger.close();
  await artifacts.close();

  async function catalogueOf(version: string): Promise<CatalogueEntry[]> {
    const bytes = await artifacts.load(version, artifactFiles.catalogue);
    return catalogueEntry.array().parse(JSON.parse(new TextDecoder().decode(bytes)));
  }
} finally {
  await platform.stop();
}

interface RunFile {
  addresses: { LEDGER_URL: string; ARTIFACTS_URL: string };
}

async function versionOf(userId: number): Promise<string> {
  const response = await fetch(`${platform.gateway}/recommend/${userId}`, { headers: { accept: 'application/json' } });
  return recommendResponse.parse(await response.json()).modelVersion ?? '';
}

/** Another model on what was watched since, and users who get it. */
async function startCanary(): Promise<void> {
  const url = new URL('/admin/train', platform.admin.trainer);
  const trained = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  if (!trained.ok) throw new Error(`training: ${await trained.text()}`);
  const users = Array.from({ length: 40 }, (_, at) => at + 1);
  const isServed = async (): Promise<boolean> =>
    (await Promise.all(users.map(versionOf))).some((id) => id.startsWith('2-'));
  await waitUntil('a canary', isServed, 60_000);
}

/** Some things watched by users who ask. */
function watching(catalogue: CatalogueEntry[]): (draw: () => number) => Promise<void> {
  let events = 0;
  return async (draw) => {
    const sent = Array.from({ length: 5 }, () => {
      const itemId = catalogue[Math.floor(draw() * catalogue.length)].id;
      const [userId, minutes] = [1 + Math.floor(draw() * askers), 1 + Math.floor(draw() * 120)];
      const body = JSON.stringify({ userId, itemId, kind: 'watched', minutes, idempotencyKey: `bench-${events++}` });
      return fetch(`${platform.gateway}/feedback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    });
    for (const response of await Promise.all(sent)) if (!response.ok) throw new Error(await response.text());
  };
}

function report(check: Awaited<ReturnType<typeof checkReplays>>, foundAfterMs: number[], askedSeconds: number): void {
  const { answers, missing, seen, identical, writtenOut, problems } = check;
  const made = seen.model + seen.cache;
  const sorted = foundAfterMs.toSorted((a, b) => a - b);
  const parts = `${seen.model} model, ${seen.cache} cache, ${seen.fallback} fallback; ${seen.canary} on the canary, ${seen.rules} with rules`;
  const rows = [
    row('receipts found within 5 s', `of ${answers}`, [answers - missing], parts),
    row('longest way of a receipt', 'ms', [sorted.at(-1) ?? 0], `median ${sorted[sorted.length >> 1]} ms`),
    row('model and cached answers made again identically', `of ${made}`, [identical.model + identical.cache]),
    row('fallbacks made again identically', `of ${seen.fallback}`, [identical.fallback], `${writtenOut} written out`),
    row('answers', '/s', [answers / askedSeconds], 'while receipts are looked for'),
  ];
  const failed = missing > 0 || identical.model + identical.cache < made || problems.length > 0;
  if (values.json) console.log(JSON.stringify({ failed, ...check, rows }));
  else printTable(describeMachine({ servers: values.real ? 'real' : 'embedded' }), rows);
  for (const problem of problems.slice(0, 10)) console.error(problem);
  if (failed) process.exitCode = 1;
}
