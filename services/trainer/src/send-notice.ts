import type { Logger } from '@reelay/shared/observability';
import { messageOf, type Clock } from '@reelay/shared/runtime';

/** What people should know of a training: the release manager tells them, by mail or chat, and says later that it is over. */
export interface TrainingNotice {
  kind: 'data-quality' | 'training-crash';
  subject: string;
  text: string;
}

export type SendNotice = (notice: TrainingNotice) => void;

export interface NoticeDeps {
  /** Admin port of the release manager; left out: nobody is told but the log. */
  url: string | undefined;
  log: Logger;
  clock: Clock;
}

const tries = 6;
const firstPauseMs = 1_000;
const callMs = 5_000;

/** Sends in the background, again with growing pauses while nobody answers, for about half a minute; the log has it in any case. */
export function createNoticeSender({ url, log, clock }: NoticeDeps): SendNotice {
  if (url === undefined) return () => {};
  return (notice) => void send({ key: `${notice.kind}-${new Date(clock.now()).toISOString()}`, ...notice });

  async function send(body: TrainingNotice & { key: string }): Promise<void> {
    for (let attempt = 0, pauseMs = firstPauseMs; ; attempt += 1, pauseMs *= 2) {
      try {
        return await post(new URL('/admin/notices', url), body);
      } catch (error) {
        if (attempt + 1 === tries)
          return log.warn({ error: messageOf(error), ...body }, 'nobody could be told of a training');
        await clock.sleep(pauseMs);
      }
    }
  }
}

async function post(url: URL, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(callMs),
  });
  if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
}
