import type { Clock } from '@reelay/shared/runtime';
import type { NoticeLedger } from '@reelay/shared/storage';
import type { Notice } from './notices.ts';

/** Messages beyond the process: what was said and not yet sent outlives it, and what was sent is not said again. */
export interface NoticeStore {
  /** The last messages, oldest first. */
  recent(): Promise<{ notice: Notice; told: boolean }[]>;
  add(notice: Notice): Promise<void>;
  setTold(key: string): Promise<void>;
}

/** As many as a notifier remembers. */
const recentMax = 1_000;

export function createNoticeStore(ledger: NoticeLedger, clock: Pick<Clock, 'now'>): NoticeStore {
  let lastMs = 0;
  return {
    async recent() {
      const rows = await ledger.notices(recentMax);
      return rows.map(({ body, toldAt }) => ({ notice: JSON.parse(body) as Notice, told: toldAt !== null }));
    },
    async add(notice) {
      lastMs = Math.max(clock.now(), lastMs + 1); // their order is that of their times
      await ledger.addNotice({ key: notice.key, body: JSON.stringify(notice), createdAt: lastMs });
    },
    setTold: (key) => ledger.setNoticeTold(key, clock.now()),
  };
}
