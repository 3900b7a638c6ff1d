import type { Plan } from '@reelay/shared/contracts';
import { z } from 'zod';
import type { ReleaseChange } from '../machine/events.ts';

/** What people are told of. The last two come from the trainer, by `POST /admin/notices`. */
export type NoticeKind = ReleaseChange | 'refused' | 'resolved' | 'data-quality' | 'training-crash';

export interface Notice {
  /** The same key is told once. */
  key: string;
  kind: NoticeKind;
  subject: string;
  text: string;
  /** It stays a problem until another notice resolves it. */
  problem?: string;
  /** Problems that are over now. Those that were told are told to be over. */
  resolves?: string[];
}

const sentences: Record<ReleaseChange, (plan: Plan) => string> = {
  canary: ({ canary, stable, share }) => `${canary} serves ${percent(share)} of the users, ${stable} the others`,
  widened: ({ canary, share }) => `${canary} serves ${percent(share)} of the users now`,
  promoted: ({ stable, release }) =>
    `${stable} serves everybody${release?.previous ? `, after ${release.previous}` : ''}`,
  aborted: ({ stable, release }) => `${release?.version} is withdrawn; ${stable} serves everybody again`,
  'rolled-back': ({ stable, release }) => `${stable} serves everybody again; ${release?.previous} is withdrawn`,
  held: ({ stable, canary }) => `releases are held at ${[stable, canary].filter((id) => id !== null).join(' and ')}`,
  resumed: () => 'releases go on',
};

/** The message of a change of the plan. An abort is a problem until a release is promoted; whatever gets a share shows that training works. */
export function noticeOfChange(change: ReleaseChange, plan: Plan): Notice {
  const sentence = sentences[change](plan);
  const { by, at, reason } = plan.release!;
  const text = `${sentence}.\n\nWhy: ${reason}\nWho: ${by}\nWhen: ${new Date(at).toISOString()}\nPlan: epoch ${plan.epoch}`;
  const notice: Notice = { key: `plan-${plan.epoch}`, kind: change, subject: `Release ${change}: ${sentence}`, text };
  if (change === 'aborted') return { ...notice, problem: 'release' };
  if (change === 'promoted') return { ...notice, resolves: ['release', 'gate', 'data-quality', 'training-crash'] };
  if (change === 'canary') return { ...notice, resolves: ['gate', 'data-quality', 'training-crash'] };
  return notice;
}

/** The last change of a plan, for a process that finds it and cannot know whether the one before it told anybody. */
export function noticeOfPlan(plan: Plan): Notice | null {
  if (plan.release === undefined) return null;
  return noticeOfChange(plan.release.held ? 'held' : plan.release.state, plan);
}

export const noticeOfRefusal = (version: string, reason: string): Notice => ({
  key: `refused-${version}`,
  kind: 'refused',
  subject: `Release refused: ${version} did not pass the gate`,
  text: `${version} did not pass the gate; nothing changed for users.\n\nWhy: ${reason}`,
  problem: 'gate',
});

export const noticeOfEnd = (problem: string, { key, subject }: Notice): Notice => ({
  key: `resolved-${problem}-${key}`,
  kind: 'resolved',
  subject: `Resolved: ${problem}`,
  text: `What was told about "${problem}" is over.\n\nBy: ${subject}`,
});

const percent = (share: number): string => `${+(share * 100).toFixed(2)} %`;

/** Body of `POST /admin/notices`: what another service wants people to know. The key tells repetitions apart. */
export const noticeBody = z.object({
  key: z.string().min(1).max(200),
  kind: z.enum(['data-quality', 'training-crash']),
  subject: z.string().min(1).max(200),
  text: z.string().max(20_000),
});

export const noticeOfBody = (body: z.infer<typeof noticeBody>): Notice => ({ ...body, problem: body.kind });
