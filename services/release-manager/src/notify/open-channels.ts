import type { ReleaseManagerConfig } from '../config.ts';
import type { Channel } from './channel.ts';
import { createSlackChannel } from './slack-channel.ts';
import { createSmtpChannel } from './smtp-channel.ts';

/** The channels that the settings name; none by default. */
export function createChannels(config: ReleaseManagerConfig): Channel[] {
  const channels: Channel[] = [];
  const timeoutMs = config.NOTIFY_TIMEOUT_MS;
  if (config.SMTP_URL !== undefined && config.NOTIFY_TO.length > 0) {
    const { SMTP_URL: url, NOTIFY_FROM: from, NOTIFY_TO: to } = config;
    channels.push(createSmtpChannel({ url, from, to, timeoutMs }));
  }
  if (config.SLACK_WEBHOOK_URL !== undefined) {
    channels.push(createSlackChannel({ url: config.SLACK_WEBHOOK_URL, timeoutMs }));
  }
  return channels;
}
