import { manifest, type ModelMetrics, type Plan, type ReleaseRecord } from '@reelay/shared/contracts';
import type { AdminRoute } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import type { ReleaseLedger, VersionRow, VersionState } from '@reelay/shared/storage';
import { z } from 'zod';
import { commandBody, commandNames, type CommandBody, type CommandName, type CommandResult } from './commands.ts';
import type { CanaryLook } from './judge-running.ts';
import { noticeBody, noticeOfBody, type Notice } from './notify/notices.ts';

/** A version as people see it; `canary` while it is in its canary, whatever its row says. */
export interface VersionView {
  number: number;
  id: string;
  state: VersionState | 'canary';
  reason: string;
  metrics: ModelMetrics | null;
}

export interface ReleasesView {
  plan: Plan;
  versions: VersionView[];
  /** What was decided last, newest first. */
  history: ChangeView[];
}

/** A change of the plan: what, who, when (milliseconds since 1970) and why. */
export type ChangeView = Pick<ReleaseRecord, 'version' | 'state' | 'held' | 'by' | 'at' | 'reason'> & {
  epoch: number;
  share: number;
};

type ViewLedger = Pick<ReleaseLedger, 'plan' | 'versions' | 'planHistory'>;
const historyMax = 20;

/** The plan, every version (newest last) and the last changes. */
export async function viewReleases(ledger: ViewLedger): Promise<ReleasesView> {
  const plan = await ledger.plan();
  const versions = (await ledger.versions()).map((row) => viewOf(row, plan));
  return { plan, versions, history: (await ledger.planHistory(historyMax)).flatMap(changeOf) };
}

function changeOf({ epoch, share, release }: Plan): ChangeView[] {
  if (!release) return [];
  const { version, state, held, by, at, reason } = release;
  return [{ epoch, share, version, state, held, by, at, reason }];
}

/** Runs commands; a release-manager. */
export interface Commanded {
  command(name: CommandName, body: CommandBody): Promise<CommandResult>;
  tell(notice: Notice): void;
  look(): CanaryLook | null;
}

/** `GET /admin/releases`; where there is somebody to run them, `GET /admin/releases/verdict`, one `POST /admin/releases/<command>` for each command, and `POST /admin/notices`. */
export function releaseRoutes(ledger: ViewLedger, releases?: Commanded): Record<string, AdminRoute> {
  const routes: Record<string, AdminRoute> = { 'GET /admin/releases': () => viewReleases(ledger) };
  if (!releases) return routes;
  routes['GET /admin/releases/verdict'] = () => releases.look();
  for (const name of commandNames) {
    routes[`POST /admin/releases/${name}`] = (body) => releases.command(name, parse(commandBody, body));
  }
  routes['POST /admin/notices'] = (body) => releases.tell(noticeOfBody(parse(noticeBody, body)));
  return routes;
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw new AppError('REQUEST_INVALID', z.prettifyError(parsed.error));
  return parsed.data;
}

const viewOf = (row: VersionRow, { canary }: Plan): VersionView => ({
  number: row.number,
  id: row.id,
  state: row.id === canary ? 'canary' : row.state,
  reason: row.reason,
  metrics: metricsOf(row.manifest),
});

/** A row that cannot be read must not hide the others. */
function metricsOf(text: string): ModelMetrics | null {
  try {
    return manifest.pick({ metrics: true }).parse(JSON.parse(text)).metrics;
  } catch {
    return null;
  }
}
