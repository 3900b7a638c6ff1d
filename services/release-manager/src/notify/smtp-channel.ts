import { createTransport } from 'nodemailer';
import type { Channel } from './channel.ts';

export interface SmtpOptions {
  /** `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…`. */
  url: string;
  from: string;
  to: string[];
  timeoutMs: number;
}

/** The id of a message follows from its key, so that one sent again after a lost reply is known to be the same. */
export function createSmtpChannel({ url, from, to, timeoutMs }: SmtpOptions): Channel {
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({ url, ...timeouts });
  const domain =
    from
      .split('@')
      .at(-1)
      ?.replace(/[^\w.-]/g, '') || 'reelay';
  return {
    name: 'smtp',
    async send({ key, subject, text }) {
      await transport.sendMail({ from, to, subject: `[Reelay] ${subject}`, text, messageId: `<${key}@${domain}>` });
    },
    close: () => transport.close(),
  };
}
