import { readdir } from 'node:fs/promises';
import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore, VersionRow } from '@reelay/shared/storage';
import { loadModel } from '../../../services/inference-worker/src/load-model.ts';
import { changeProblems, planProblems } from '../../../services/release-manager/src/machine/check-plan.ts';
import { rowChanges } from '../../../services/release-manager/src/machine/settle-rows.ts';
import type { ReleasePlatform } from './release-platform.ts';

/** What is wrong with a history of plans, oldest first: epochs without a gap, every plan legal, no change that lost another. */
export function historyProblems(history: readonly Plan[]): string[] {
  return history.flatMap((plan, at) => {
    const before = history[at - 1] ?? emptyPlan;
    const gap = plan.epoch === before.epoch + 1 ? [] : [`epoch ${plan.epoch} after ${before.epoch}`];
    const found = [...gap, ...planProblems(plan), ...changeProblems(before, plan)];
    return found.map((problem) => `epoch ${plan.epoch}: ${problem}`);
  });
}

/** What the rows of the versions say beside the plan; nothing is left to be settled. */
export function rowProblems(plan: Plan, rows: readonly VersionRow[]): string[] {
  const open = rowChanges(plan, rows).map(({ id, state }) => `${id} is not ${state} yet`);
  const doubled = rows.length - new Set(rows.map(({ number }) => number)).size;
  const stable = rows.filter(({ id }) => id === plan.stable).length;
  return [
    ...open,
    ...(doubled > 0 ? [`${doubled} numbers twice`] : []),
    ...(plan.epoch > 0 && stable !== 1 ? [`${stable} stable versions`] : []),
  ];
}

/** Plans that readers heard must be those of the ledger, in their order. */
export function heardProblems(heard: readonly Plan[], history: readonly Plan[]): string[] {
  const written = new Map(history.map((plan) => [plan.epoch, JSON.stringify(plan)]));
  return heard.flatMap((plan, at) => [
    ...(written.get(plan.epoch) === JSON.stringify(plan)
      ? []
      : [`heard an epoch ${plan.epoch} that was never written`]),
    ...(at === 0 || plan.epoch > heard[at - 1].epoch ? [] : [`heard epoch ${plan.epoch} after ${heard[at - 1].epoch}`]),
  ]);
}

/** Every version that can be seen, in the store or in the ledger: whole means each file by its checksum, and the model by its known answer. */
export class ArtifactWatch {
  readonly seen = new Set<string>();
  readonly problems: string[] = [];
  readonly #platform: Pick<ReleasePlatform, 'artifacts' | 'artifactsFolder' | 'ledger'>;

  constructor(platform: Pick<ReleasePlatform, 'artifacts' | 'artifactsFolder' | 'ledger'>) {
    this.#platform = platform;
  }

  /** Loads what was not seen before, as soon as it is seen; returns how many versions the ledger has. */
  async look(): Promise<number> {
    const { artifacts, artifactsFolder, ledger } = this.#platform;
    const rows = await ledger.versions();
    const visible = (await readdir(artifactsFolder).catch(() => [])).filter((name) => /^\d+-/.test(name));
    for (const version of [...visible, ...rows.map(({ id }) => id)]) {
      if (this.seen.has(version)) continue;
      this.seen.add(version);
      await loadAll(artifacts, version).catch((error: unknown) =>
        this.problems.push(`${version} at first sight: ${messageOf(error)}`),
      );
    }
    return rows.length;
  }

  /** Loads all once more; what is wrong with them now, or was at first sight. */
  async lookAgain(): Promise<string[]> {
    this.seen.clear();
    await this.look();
    return this.problems;
  }
}

async function loadAll(artifacts: ArtifactStore, version: string): Promise<void> {
  const { files } = await artifacts.manifest(version);
  for (const file of Object.keys(files)) await artifacts.load(version, file);
  await loadModel(version, artifacts);
}
