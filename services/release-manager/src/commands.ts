import type { Plan } from '@reelay/shared/contracts';
import { AppError, type Clock } from '@reelay/shared/runtime';
import type { ArtifactStore, ReleaseLedger } from '@reelay/shared/storage';
import { z } from 'zod';
import { applyEvent, type ApplyDeps } from './apply-event.ts';
import type { ReleaseEvent, ReleaseRules } from './machine/events.ts';
import { verifyArtifact } from './verify-artifact.ts';

/** Body of a command. `version`: an id (`17-3fa9c1`) or its number. */
export const commandBody = z.object({
  version: z.union([z.string().min(1).max(64), z.number().int().positive()]).optional(),
  by: z.string().min(1).max(100).default('admin'),
  reason: z.string().max(500).default(''),
});
export type CommandBody = z.infer<typeof commandBody>;

export const commandNames = ['promote', 'abort', 'rollback', 'hold', 'resume'] as const;
export type CommandName = (typeof commandNames)[number];

export interface CommandDeps extends ApplyDeps {
  ledger: ReleaseLedger;
  artifacts: ArtifactStore;
  clock: Pick<Clock, 'now'>;
  rules: ReleaseRules;
}

/** What a command did: the plan as it is now, and whether it changed. */
export interface CommandResult {
  changed: boolean;
  /** Why nothing changed; empty when it did. */
  reason: string;
  plan: Plan;
}

/**
 * A person's command. Who, when and why stand in the plan and its history with the change itself. `REQUEST_INVALID` when it makes no sense
 * now; `NOT_FOUND` for an unknown version; `ARTIFACT_CORRUPT` and `ARTIFACT_NOT_FOUND` for one that nobody could load: the plan never names it.
 */
export async function runCommand(deps: CommandDeps, name: CommandName, body: CommandBody): Promise<CommandResult> {
  const event = await eventOf(deps, name, body);
  if ('version' in event && event.version !== undefined) await verifyArtifact(deps.artifacts, event.version);
  const reason = body.reason === '' ? `${name} by ${body.by}` : body.reason;
  const decision = await applyEvent(deps, event, { by: body.by, at: deps.clock.now(), reason, rules: deps.rules });
  if (decision.kind === 'refused') throw new AppError('REQUEST_INVALID', decision.reason);
  deps.log.info({ command: name, by: body.by, version: body.version, outcome: decision.kind }, 'release command');
  if (decision.kind === 'changed') return { changed: true, reason: '', plan: decision.plan };
  return { changed: false, reason: decision.reason, plan: await deps.ledger.plan() };
}

async function eventOf(deps: CommandDeps, name: CommandName, { version }: CommandBody): Promise<ReleaseEvent> {
  const id = version === undefined ? undefined : await idOf(deps.ledger, String(version));
  if (name === 'promote') return { type: 'promote', version: id };
  if (name !== 'rollback') return { type: name };
  if (id === undefined) throw new AppError('REQUEST_INVALID', 'rollback needs the version to go back to');
  return { type: 'rollback', version: id };
}

async function idOf(ledger: Pick<ReleaseLedger, 'versions'>, asked: string): Promise<string> {
  const rows = await ledger.versions();
  const row = rows.find(({ id, number }) => id === asked || String(number) === asked);
  if (!row) throw new AppError('NOT_FOUND', `no version ${asked}`);
  return row.id;
}
