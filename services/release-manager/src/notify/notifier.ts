import { Counter, type Logger, type Registry } from '@reelay/shared/observability';
import { backoffMs, createService, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import type { Channel } from './channel.ts';
import type { NoticeStore } from './notice-store.ts';
import { noticeOfEnd, type Notice } from './notices.ts';

/** Messages that wait for a channel, and keys that are remembered as told; the oldest go first. */
export const waitingMax = 100;
const rememberedMax = 1_000;
/** 17 to 34 minutes in all. */
const attemptsMax = 15;
const backoff = { firstMs: 1_000, maxMs: 300_000 };

export interface NotifierDeps {
  channels: Channel[];
  /** Where messages outlive the process; without it they are lost with it. */
  store?: NoticeStore;
  clock: Clock;
  log: Logger;
  registry: Registry;
}

export interface Notifier extends Service {
  /** Returns at once, throws never. The same key is told once; a problem's end is told when the problem was. */
  tell(notice: Notice): void;
  /** Keys that this process or another one has told, as far as they are remembered. */
  knownKeys(): Promise<ReadonlySet<string>>;
}

/**
 * Tells people through every channel, each at its own pace: a mail server that is away delays neither the webhook nor a release. A message
 * that fails is tried again with growing pauses, then given up and counted. What a process that died had not sent yet, the next one sends: at least
 * once, and perhaps twice by the same key.
 */
export function createNotifier({ channels, store, clock, log, registry }: NotifierDeps): Notifier {
  const messages = new Counter({
    name: 'reelay_release_messages_total',
    help: 'Messages to people by channel and outcome: sent, retried, dropped.',
    labelNames: ['channel', 'outcome'] as const,
    registers: [registry],
  });
  const told = new Set<string>();
  const problems = new Set<string>();
  /** By key: channels that are not done with it. */
  const open = new Map<string, number>();
  let keeping: Promise<void> = Promise.resolve();
  const lanes = channels.map((channel) => createLane(channel));

  function createLane(channel: Channel) {
    const waiting: Notice[] = [];
    let wake: (() => void) | undefined;

    async function run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const notice = waiting[0];
        if (notice === undefined) await arrival(signal);
        else await deliver(notice, signal);
      }
      if (waiting.length > 0) log.warn({ channel: channel.name, messages: waiting.length }, 'messages not sent');
    }

    const arrival = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });

    async function deliver(notice: Notice, signal: AbortSignal): Promise<void> {
      for (let attempt = 1; !signal.aborted && waiting[0] === notice; attempt++) {
        try {
          await channel.send(notice);
          messages.inc({ channel: channel.name, outcome: 'sent' });
          break;
        } catch (error) {
          const outcome = attempt < attemptsMax ? 'retried' : 'dropped';
          messages.inc({ channel: channel.name, outcome });
          log.warn(
            { channel: channel.name, key: notice.key, attempt, outcome, error: messageOf(error) },
            'message failed',
          );
          if (outcome === 'dropped') break;
          await clock.sleep(backoffMs(attempt, backoff), signal);
        }
      }
      if (signal.aborted || waiting[0] !== notice) return;
      waiting.shift();
      done(notice);
    }

    function put(notice: Notice): void {
      waiting.push(notice);
      if (waiting.length > waitingMax) {
        done(waiting.shift()!);
        messages.inc({ channel: channel.name, outcome: 'dropped' });
      }
      wake?.();
    }
    return { run, put };
  }

  function tell(notice: Notice): void {
    if (told.has(notice.key)) return;
    remember(notice.key);
    if (lanes.length > 0) {
      log.info({ kind: notice.kind, key: notice.key, subject: notice.subject }, 'people are told');
      keep(() => store?.add(notice));
    }
    send(notice);
    for (const problem of notice.resolves ?? []) {
      if (problems.delete(problem)) tell(noticeOfEnd(problem, notice));
    }
    if (notice.problem !== undefined) problems.add(notice.problem);
  }

  function send(notice: Notice): void {
    open.set(notice.key, lanes.length);
    for (const lane of lanes) lane.put(notice);
  }

  function done({ key }: Notice): void {
    const left = (open.get(key) ?? 1) - 1;
    if (left > 0) return void open.set(key, left);
    open.delete(key);
    keep(() => store?.setTold(key));
  }

  /** In order: a message is kept before it is told. It goes out whether or not it can be kept. */
  function keep(work: () => Promise<void> | undefined): void {
    keeping = keeping.then(work).catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, 'a message is not kept');
    });
  }

  /** What processes before this one said: problems that are open, and messages that nobody has sent. */
  async function takeOver(): Promise<void> {
    if (lanes.length === 0) return;
    for (const { notice, told: wasTold } of (await store?.recent()) ?? []) {
      if (told.has(notice.key)) continue;
      remember(notice.key);
      for (const problem of notice.resolves ?? []) problems.delete(problem);
      if (notice.problem !== undefined) problems.add(notice.problem);
      if (!wasTold) send(notice);
    }
  }

  function remember(key: string): void {
    told.add(key);
    const [oldest] = told;
    if (told.size > rememberedMax) told.delete(oldest);
  }

  const service = createService('notifier', async (own) => {
    await takeOver();
    const life = new AbortController();
    const running = Promise.all(lanes.map(({ run }) => run(life.signal)));
    own(async () => {
      life.abort();
      for (const channel of channels) channel.close();
      await running;
      await keeping;
    });
  });
  return {
    ...service,
    tell,
    async knownKeys() {
      const kept = lanes.length > 0 ? ((await store?.recent()) ?? []) : [];
      return new Set([...told, ...kept.map(({ notice }) => notice.key)]);
    },
  };
}
