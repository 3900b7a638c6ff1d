import type { Plan } from '@reelay/shared/contracts';
import type { ArtifactStore } from '@reelay/shared/storage';
import { createSeededRandom, waitUntil } from '@reelay/shared/testing';
import { weighedModel } from '../../../services/inference-worker/src/testing/probed-model.ts';
import { drawDamages, type Damage } from './damage-artifact.ts';
import { openServingWorld, type ServingWorld } from './serving-world.ts';

export interface CorruptionOptions {
  seed: number;
  corruptions: number;
  /** A fault that the check must find. */
  spoil?: (store: ArtifactStore, root: string) => ArtifactStore;
  onEvent?(event: string): void;
}

export interface CorruptionReport {
  corruptions: number;
  /** By kind: damaged versions that were refused. */
  refused: Record<string, number>;
  /** By code of the refusal. */
  codes: Record<string, number>;
  /** Answers of the sound version while the damaged one was in the plan. */
  answers: number;
  problems: string[];
}

const sound = '1-aaaaaa';
const damaged = '2-bbbbbb';
const other = '3-cccccc';
const notLoaded = 'model not loaded; the old ones stay';
/** Asked at once and after the refusal, half of them on the damaged version's track. */
const asked = 4;

/**
 * One version serves; another is put into the plan beside it, or in its place, each time damaged in another way. Nobody may be answered from
 * it, everybody from the sound one, and the refusal has a code.
 */
export async function runCorruption(options: CorruptionOptions): Promise<CorruptionReport> {
  const report: CorruptionReport = { corruptions: 0, refused: {}, codes: {}, answers: 0, problems: [] };
  const world = await openServingWorld(options.spoil);
  try {
    const damages = await prepare(world, options.seed);
    for (; report.corruptions < options.corruptions; report.corruptions++) {
      const { value } = damages.next();
      if (value === undefined) break;
      await plant(world, value);
      await offer(world, value, report);
      if (report.corruptions % 100 === 99) options.onEvent?.(`${report.corruptions + 1} corruptions`);
    }
    return report;
  } finally {
    await world.close();
  }
}

async function prepare(world: ServingWorld, seed: number) {
  const versions = { [sound]: 1, [damaged]: 2, [other]: 3 };
  const models = Object.entries(versions).map(([version, draw]) => weighedModel({ version, seed: draw }));
  for (const { manifest, files } of models) await world.artifacts.put(manifest, files);
  const [, one, another] = models;
  await world.announce({ epoch: 1, stable: sound });
  await waitUntil('the sound version answers', async () => (await world.ask(1)).modelVersion === sound);
  const soundOne = {
    stored: await world.readStored(damaged),
    unstored: { manifest: one.manifest, files: one.files },
    other: { stored: await world.readStored(other), unstored: { manifest: another.manifest, files: another.files } },
  };
  return drawDamages(soundOne, createSeededRandom(seed));
}

async function plant(world: ServingWorld, { stored, unstored }: Damage): Promise<void> {
  if (stored) await world.writeStored(damaged, stored);
  else if (unstored) await world.store(unstored);
}

let users = 1_000;

async function offer(
  world: ServingWorld,
  { kind, what }: Damage & { kind: string },
  report: CorruptionReport,
): Promise<void> {
  const epoch = 2 + 2 * report.corruptions;
  const inItsPlace: Partial<Plan> = { epoch, stable: damaged };
  const beside: Partial<Plan> = { epoch, stable: sound, canary: damaged, share: 0.5, salt: `${epoch}` };
  world.lines.length = 0;
  await world.announce(report.corruptions % 4 === 0 ? inItsPlace : beside);
  const atOnce = askSome(world);
  const isRefused = (): boolean => refusals(world).length > 0;
  await waitUntil(`${kind} (${what}) is refused or loaded`, () => isRefused() || world.versions().includes(damaged));
  const answers = [...(await atOnce), ...(await askSome(world))];
  const problems = problemsOf(answers, world);
  report.problems.push(...problems.map((problem) => `${kind} (${what}): ${problem}`));
  report.answers += answers.length;
  if (isRefused()) {
    const code = String(refusals(world)[0].code);
    report.codes[code] = (report.codes[code] ?? 0) + 1;
    report.refused[kind] = (report.refused[kind] ?? 0) + 1;
  }
  await world.announce({ epoch: epoch + 1, stable: sound, withdrawn: [damaged] });
}

const refusals = ({ lines }: ServingWorld) =>
  lines.filter(({ msg, version }) => msg === notLoaded && version === damaged);

const askSome = (world: ServingWorld) => Promise.all(Array.from({ length: asked / 2 }, () => world.ask(users++)));

function problemsOf(answers: Awaited<ReturnType<ServingWorld['ask']>>[], world: ServingWorld): string[] {
  const problems: string[] = [];
  if (world.versions().includes(damaged)) problems.push('it was loaded');
  for (const { status, outcome, modelVersion } of answers) {
    const full = status === 200 && (outcome === 'model' || outcome === 'cache');
    if (modelVersion === damaged && full) problems.push('somebody was answered from it');
    else if (!full || modelVersion !== sound) problems.push(`an answer was ${status} ${outcome} of ${modelVersion}`);
  }
  const [refusal] = refusals(world);
  if (refusal && !['ARTIFACT_CORRUPT', 'ARTIFACT_NOT_FOUND', 'UNSUPPORTED'].includes(String(refusal.code)))
    problems.push(`refused with ${String(refusal.code)}: ${String(refusal.error)}`);
  return problems;
}
