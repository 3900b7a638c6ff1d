import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A mail server and a webhook that keep what they are sent. */
export interface MessageEars {
  /** What the release-manager is started with, to speak to them. */
  settings: Record<string, string>;
  /** Whole mails, headers included. */
  mails: string[];
  /** Texts of the webhook. */
  posts: string[];
  close(): Promise<void>;
}

export async function openMessageEars(): Promise<MessageEars> {
  const mails: string[] = [];
  const posts: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      void text(stream).then((mail) => {
        mails.push(unfolded(mail));
        done();
      });
    },
  });
  const webhook = createServer((request, response) => {
    void text(request).then((body) => {
      posts.push((JSON.parse(body) as { text: string }).text);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => void smtp.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => void webhook.listen(0, '127.0.0.1', resolve));
  return {
    mails,
    posts,
    settings: {
      SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
      NOTIFY_TO: 'team@example.org',
      SLACK_WEBHOOK_URL: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook`,
    },
    async close() {
      webhook.closeAllConnections();
      await new Promise((resolve) => webhook.close(resolve));
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
    },
  };
}

/** Lines that mail breaks are one again. */
const unfolded = (mail: string): string => mail.replaceAll(/=\r\n|\r\n[ \t]/g, '');
