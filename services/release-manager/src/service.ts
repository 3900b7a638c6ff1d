import type { Plan } from '@reelay/shared/contracts';
import type { Plans } from '@reelay/shared/messaging';
import type { Logger, Registry } from '@reelay/shared/observability';
import { createService, errorCode, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import type { ArtifactStore, Ledger } from '@reelay/shared/storage';
import { announcePlan } from './announce-plan.ts';
import { runCommand, type CommandBody, type CommandName, type CommandResult } from './commands.ts';
import { gateRulesOf, releaseRulesOf, verdictRulesOf, type ReleaseManagerConfig } from './config.ts';
import type { ReleaseChange } from './machine/events.ts';
import { judgeRunning, type CanaryLook, type ReadEvidence } from './judge-running.ts';
import { createReleaseMetrics, showReleases } from './metrics.ts';
import type { Channel } from './notify/channel.ts';
import { createNoticeStore } from './notify/notice-store.ts';
import { createNotifier } from './notify/notifier.ts';
import { noticeOfChange, noticeOfRefusal, type Notice } from './notify/notices.ts';
import { createChannels } from './notify/open-channels.ts';
import { tellMissing } from './notify/tell-missing.ts';
import { releaseVersions } from './release-versions.ts';

export interface ReleaseManagerDeps {
  config: ReleaseManagerConfig;
  ledger: Ledger;
  artifacts: ArtifactStore;
  plans: Plans;
  log: Logger;
  registry: Registry;
  clock: Clock;
  /** What a canary is judged by; without it nothing can be judged and every candidate that passes the gate serves everybody at once. */
  evidence?: ReadEvidence;
  /** How people are told; those of the settings when absent. */
  channels?: Channel[];
}

export interface ReleaseManager extends Service {
  /** Settles all candidates and sees to it that readers hear the plan, now; throws what a port throws. One at a time. */
  round(): Promise<void>;
  /** A person's command; see `runCommand`. Between rounds, never in the middle of one. */
  command(name: CommandName, body: CommandBody): Promise<CommandResult>;
  /** What the last look at the running canary found; null without one. */
  look(): CanaryLook | null;
  /** Tells people something, once by its key; returns at once. */
  tell(notice: Notice): void;
  /** False when the last round failed, or before the first. */
  healthy(): boolean;
}

/** A manager that lives says what it decided at once; after this somebody else may. */
const tellForOthersMs = 60_000;

/** The only writer of the plan. Runs a round each `RELEASE_POLL_MS`; a round that fails is logged and tried again. */
export function createReleaseManager(deps: ReleaseManagerDeps): ReleaseManager {
  const { config, clock, log } = deps;
  const metrics = createReleaseMetrics(deps.registry);
  const rules = releaseRulesOf(config, deps.evidence !== undefined);
  const notifier = createNotifier({
    ...deps,
    store: createNoticeStore(deps.ledger, clock),
    channels: deps.channels ?? createChannels(config),
  });
  const hear = {
    onChange: (change: ReleaseChange, plan: Plan) => notifier.tell(noticeOfChange(change, plan)),
    onRefused: (version: string, reason: string) => notifier.tell(noticeOfRefusal(version, reason)),
  };
  const steps = { ...deps, ...hear, rules, gateRules: gateRulesOf(config), verdictRules: verdictRulesOf(config) };
  let healthy: boolean | undefined;
  let look: CanaryLook | null = null;
  let judgedAtMs = -Infinity;
  let announcedAtMs = -Infinity;
  let toldAtMs = clock.monotonicMs();
  let last: Promise<void> = Promise.resolve();

  const service = createService('release-manager', async (own) => {
    await deps.ledger.plan(); // an unusable ledger shows now
    await notifier.start();
    own(() => notifier.stop());
    await tellMissing({ ...deps, notifier }, 0); // whoever decided may have died before it said so
    const life = new AbortController();
    await tick(true).catch(() => {}); // readers know the plan when this is up; a store that is away is tried again
    const running = loop(life.signal);
    own(async () => {
      life.abort();
      await running;
      healthy = undefined;
    });
  });

  async function loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(config.RELEASE_POLL_MS, signal);
      if (signal.aborted) return;
      await tick(clock.monotonicMs() - announcedAtMs >= config.ANNOUNCE_POLL_MS).catch(() => {});
    }
  }

  /** Behind the one in hand, if any. */
  const tick = (announce: boolean): Promise<void> => inTurn(() => counted(announce));

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.then(
      () => {},
      () => {},
    );
    return mine;
  }

  async function counted(announce: boolean): Promise<void> {
    try {
      await releaseVersions(steps);
      if (clock.monotonicMs() - judgedAtMs >= config.VERDICT_POLL_MS) await judge();
      if (announce) await compare();
      await tellForOthers();
      showReleases(metrics, await deps.ledger.plan(), await deps.ledger.versions());
      metrics.rounds.inc({ outcome: 'done' });
      healthy = true;
    } catch (error) {
      metrics.rounds.inc({ outcome: 'failed' });
      // Twice a second for as long as a server is away would drown everything else.
      if (healthy)
        log.error({ code: errorCode(error), error: messageOf(error) }, 'round failed; tried again until it works');
      healthy = false;
      throw error;
    }
  }

  async function judge(): Promise<void> {
    look = await judgeRunning(steps);
    judgedAtMs = clock.monotonicMs();
    if (look) metrics.verdicts.inc({ outcome: look.outcome });
  }

  async function tellForOthers(): Promise<void> {
    if (clock.monotonicMs() - toldAtMs < tellForOthersMs) return;
    await tellMissing({ ...deps, notifier }, tellForOthersMs);
    toldAtMs = clock.monotonicMs();
  }

  async function compare(): Promise<void> {
    const { outcome } = await announcePlan(deps);
    announcedAtMs = clock.monotonicMs();
    if (outcome === 'announced') metrics.announcements.inc();
  }

  return {
    ...service,
    round: () => tick(true),
    command: (name, body) => inTurn(() => runCommand(steps, name, body)),
    look: () => look,
    tell: (notice) => notifier.tell(notice),
    healthy: () => healthy === true,
  };
}
