import { AppError, messageOf } from '@reelay/shared/runtime';
import type { Channel } from './channel.ts';

/** An incoming webhook of Slack, or of whatever takes `{"text": "…"}`. */
export function createSlackChannel({ url, timeoutMs }: { url: string; timeoutMs: number }): Channel {
  return {
    name: 'slack',
    async send({ subject, text }) {
      const body = JSON.stringify({ text: `*${subject}*\n${text}` });
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
        throw new AppError('NOT_RUNNING', `the webhook does not answer (${messageOf(error)})`, { cause: error });
      });
      await response.arrayBuffer();
      if (!response.ok) throw new AppError('NOT_RUNNING', `the webhook answered ${response.status}`);
    },
    close: () => {},
  };
}
