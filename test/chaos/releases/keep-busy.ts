import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '@reelay/shared/testing';
import type { TrainerState } from '../../../services/trainer/src/index.ts';
import type { ServiceProcess } from '../../faults/service-process.ts';

/** What was asked of a process, and what became of it. */
export interface Busy {
  /** Commands that were sent and not answered yet. */
  underWay: number;
  answered: number;
  /** Told by the process that the command makes no sense now. */
  refused: number;
  /** Whose connection broke: the process was killed in the middle. */
  broken: number;
  /** That met no process. */
  unheard: number;
}

const callMs = 10_000;
const commands = ['promote', 'abort', 'hold', 'resume', 'resume', 'rollback'] as const;

/** Sends one command after the other, drawn, until `signal`: what people do who disagree. */
export async function commandOnAndOn(
  { adminUrl }: ServiceProcess,
  random: SeededRandom,
  busy: Busy,
  signal: AbortSignal,
  most: { pauseMs: number; number: () => number },
): Promise<void> {
  while (!signal.aborted) {
    await pause(random.below(most.pauseMs));
    const name = commands[random.below(commands.length)];
    const version = name === 'rollback' ? { version: 1 + random.below(Math.max(1, most.number())) } : {};
    busy.underWay++;
    await post(`${adminUrl}/admin/releases/${name}`, { ...version, by: 'chaos' })
      .then(({ ok }) => (ok ? busy.answered++ : busy.refused++))
      .catch((error: unknown) => (isRefused(error) ? busy.unheard++ : busy.broken++))
      .finally(() => busy.underWay--);
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'ECONNREFUSED';

const post = async (url: string, body: object): Promise<Response> => {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(callMs);
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  await response.arrayBuffer();
  return response;
};

/** Null while it does not answer. */
export const trainingState = ({ adminUrl }: ServiceProcess): Promise<TrainerState | null> =>
  fetch(`${adminUrl}/admin/train`, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => (await response.json()) as TrainerState,
    () => null,
  );

/** One training after the other, until `signal`; counts those that were begun and those that published. */
export async function trainOnAndOn(
  trainer: ServiceProcess,
  counts: { begun: number; published: number },
  signal: AbortSignal,
): Promise<void> {
  const versions = new Set<string>();
  while (!signal.aborted) {
    const state = await trainingState(trainer);
    if (state?.last && 'version' in state.last) versions.add(state.last.version);
    counts.published = versions.size;
    if (state?.state === 'idle') {
      const asked = await post(`${trainer.adminUrl}/admin/train`, { wait: false }).catch(() => undefined);
      if (asked?.ok) counts.begun++;
    }
    await pause(20);
  }
}
