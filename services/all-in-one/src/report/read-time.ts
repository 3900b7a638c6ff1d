import { epochMsOf, timeExamples } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';

const dayMs = 86_400_000;

/** Epoch seconds of a time as people write it; without a zone it is UTC. Throws `REQUEST_INVALID`. */
export const readTime = (text: string, option: string): number => readTimeMs(text, option) / 1_000;

/** From `--from` on and before `--to`, in epoch milliseconds; by themselves the day before now. */
export function readSpan(
  { from, to }: { from?: string; to?: string },
  nowMs: number,
): { fromMs: number; toMs: number } {
  const toMs = to === undefined ? nowMs : readTimeMs(to, '--to');
  return { fromMs: from === undefined ? toMs - dayMs : readTimeMs(from, '--from'), toMs };
}

function readTimeMs(text: string, option: string): number {
  const time = epochMsOf(text);
  if (Number.isNaN(time)) throw new AppError('REQUEST_INVALID', `${option} ${text}: a time as ${timeExamples}`);
  return time;
}
