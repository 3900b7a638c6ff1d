import type { Plan } from '@reelay/shared/contracts';

/** What people were told a release is, without epochs, records and salts; written a second time, as plainly as can be. */
export interface SimpleModel {
  stable: string | null;
  canary: string | null;
  percent: number;
  held: boolean;
  gone: string[];
  /** Every version that ever was stable or canary. */
  served: string[];
  leftMs: number;
}

export function newModel(): SimpleModel {
  return { stable: null, canary: null, percent: 0, held: false, gone: [], served: [], leftMs: 0 };
}

/** What a random history is made of. `fresh`: a verdict on the plan as it is now. */
export type Happening =
  | { what: 'accepted' | 'rollback'; version: string }
  | { what: 'promote'; version: string | null }
  | { what: 'better' | 'worse' | 'undecided'; fresh: boolean }
  | { what: 'time'; ms: number }
  | { what: 'abort' | 'hold' | 'resume' };

/** Moves the model; true when the plan must have changed. */
export function moveModel(
  model: SimpleModel,
  happening: Happening,
  steps: readonly number[],
  limitMs: number,
): boolean {
  const before = JSON.stringify(model);
  move(model, happening, steps, limitMs);
  const after = { ...model, leftMs: 0 };
  return JSON.stringify(after) !== JSON.stringify({ ...(JSON.parse(before) as SimpleModel), leftMs: 0 });
}

function move(model: SimpleModel, happening: Happening, steps: readonly number[], limitMs: number): void {
  switch (happening.what) {
    case 'accepted':
      if (model.gone.includes(happening.version) || happening.version === model.stable) return;
      if (model.stable === null) serveAll(model, happening.version);
      else if (model.canary === null && !model.held) widen(model, happening.version, steps[0], limitMs);
      return;
    case 'better':
      if (happening.fresh && model.canary !== null && !model.held) {
        const next = steps[steps.indexOf(model.percent) + 1];
        widen(model, model.canary, next, limitMs);
      }
      return;
    case 'worse':
      if (happening.fresh) giveUp(model);
      return;
    case 'undecided':
      return;
    case 'time':
      if (model.canary === null || model.held) return;
      model.leftMs -= happening.ms;
      if (model.leftMs <= 0) giveUp(model);
      return;
    case 'abort':
      giveUp(model);
      return;
    case 'promote':
      if (happening.version !== null && model.canary !== null && happening.version !== model.canary) return;
      if ((happening.version ?? model.canary) !== null) serveAll(model, happening.version ?? model.canary!);
      return;
    case 'rollback':
      goBack(model, happening.version);
      return;
    default:
      if (model.stable === null) return;
      if (model.held && happening.what === 'resume') model.leftMs = limitMs;
      model.held = happening.what === 'hold';
  }
}

function serveAll(model: SimpleModel, version: string): void {
  if (version === model.stable) return;
  Object.assign(model, { stable: version, canary: null, percent: 0, held: false });
  model.gone = model.gone.filter((id) => id !== version);
  model.served.push(version);
}

function widen(model: SimpleModel, version: string, percent: number, limitMs: number): void {
  if (percent === 100) return serveAll(model, version);
  Object.assign(model, { canary: version, percent, leftMs: limitMs });
  model.served.push(version);
}

function giveUp(model: SimpleModel): void {
  if (model.canary === null) return;
  model.gone.push(model.canary);
  Object.assign(model, { canary: null, percent: 0, held: false });
}

function goBack(model: SimpleModel, version: string): void {
  const known = model.served.includes(version) && version !== model.stable && version !== model.canary;
  if (!known || model.stable === null) return;
  const gone = [model.canary, model.stable].filter((id) => id !== null);
  model.gone = [...new Set([...model.gone, ...gone])].filter((id) => id !== version);
  Object.assign(model, { stable: version, canary: null, percent: 0, held: false });
}

/** What the plan says, in the words of the model. */
export const asModel = (plan: Plan): Partial<SimpleModel> => ({
  stable: plan.stable,
  canary: plan.canary,
  percent: Math.round(plan.share * 100),
  held: plan.release?.held ?? false,
  gone: plan.withdrawn.toSorted(),
});
