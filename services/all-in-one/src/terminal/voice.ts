import { buildVersion } from '@reelay/shared/observability';
import type { Platform } from '../platform.ts';
import { createProgress, type Progress } from './progress.ts';

/** What `up` says: text for people, or JSON lines for programs (`--json`). */
export interface Voice {
  say(event: string, text: string, fields?: object): void;
  progress(label: string): Progress;
  /** Where everything is, and users to try. */
  welcome(platform: Platform, users: number[]): void;
  /** The figures of this second. */
  figures(fields: object, text: string): void;
}

export const createVoice = (json: boolean): Voice => (json ? jsonVoice() : textVoice());

function jsonVoice(): Voice {
  const line = (event: string, fields: object) => console.log(JSON.stringify({ event, ...fields }));
  return {
    say: (event, _text, fields = {}) => line(event, fields),
    progress: () => ({ update() {}, end() {} }),
    welcome: (platform, users) => line('ready', { gateway: platform.gateway, admin: platform.admin, users }),
    figures: (fields) => line('figures', fields),
  };
}

function textVoice(): Voice {
  const { version } = buildVersion();
  const terminal = process.stdout.isTTY;
  let lastPlainAt = 0;
  console.log(`Reelay ${version}: recommendations served live from an event stream\n`);
  return {
    say: (_event, text) => console.log(terminal ? `\r\x1b[K${text}` : text),
    progress: (label) => createProgress(label.padEnd(10)),
    welcome: (platform, users) => console.log(welcomeText(platform, users)),
    figures(_fields, text) {
      if (terminal) return void process.stdout.write(`\r\x1b[K${text}`);
      if (Date.now() - lastPlainAt < plainEveryMs) return;
      lastPlainAt = Date.now();
      console.log(text);
    },
  };
}

/** Without a terminal, one line of figures in so many milliseconds. */
const plainEveryMs = 10_000;

function welcomeText({ gateway, admin }: Platform, users: number[]): string {
  const curl = users.map((user) => `  curl -H 'Accept: application/json' ${gateway}/recommend/${user}`);
  const trying = users.length > 0 ? ['', 'Five people to ask for (without the header: the plain list):', ...curl] : [];
  return [
    '',
    `Answers at   ${gateway}/recommend/<user id>`,
    `Figures at   ${admin.gateway}/metrics   (also: npx reelay status)`,
    ...trying,
    '',
    'Ctrl-C stops it; the data stays.',
    '',
  ].join('\n');
}
