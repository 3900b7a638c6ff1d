import type { Answer } from '../../contracts/index.ts';
import { AppError, systemClock, type Clock } from '../../runtime/index.ts';
import { answerTtlSeconds, noticeTtlSeconds, noticesMax, type AnswerPost, type Answers } from '../answers.ts';
import { tell, type Report } from '../listeners.ts';
import type { Subscription } from '../work-queue.ts';

/** Users whose latest answer is kept in memory; beyond it the longest unchanged go. About 2 KiB each. */
export const keptAnswersMax = 100_000;

type Listener = (answers: Answer[]) => void;

interface Mailbox {
  notices: string[];
  listeners: Listener[];
  /** When unread notices vanish. */
  expiresAtMs: number;
  scheduled: boolean;
}

/** Answers inside one process. */
export class MemoryAnswers implements Answers {
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #kept = new Map<number, { body: string; expiresAtMs: number }>();
  readonly #mailboxes = new Map<string, Mailbox>();
  #closed = false;

  constructor({ clock = systemClock, onProblem }: { clock?: Clock; onProblem?: Report } = {}) {
    this.#clock = clock;
    this.#report = onProblem ?? (() => {});
  }

  isUp(): boolean {
    return !this.#closed;
  }

  async post(posts: AnswerPost[]): Promise<void> {
    this.#assertOpen();
    this.#dropUnread();
    for (const { answer, replyTo, keep = true } of posts) {
      const body = JSON.stringify(answer);
      if (keep && answer.problem === undefined) this.#keep(answer.userId, body);
      this.#notice(replyTo, body);
    }
  }

  async keep(answers: Answer[]): Promise<void> {
    this.#assertOpen();
    for (const answer of answers) this.#keep(answer.userId, JSON.stringify(answer));
  }

  async latest(userId: number): Promise<Answer | null> {
    this.#assertOpen();
    const kept = this.#kept.get(userId);
    return kept && kept.expiresAtMs > this.#clock.monotonicMs() ? (JSON.parse(kept.body) as Answer) : null;
  }

  async listen(address: string, onAnswers: Listener): Promise<Subscription> {
    this.#assertOpen();
    this.#dropUnread();
    const mailbox = this.#mailbox(address);
    mailbox.listeners.push(onAnswers);
    this.#schedule(address, mailbox);
    return {
      stop: async () => {
        mailbox.listeners = mailbox.listeners.filter((listener) => listener !== onAnswers);
        mailbox.expiresAtMs = this.#clock.monotonicMs() + noticeTtlSeconds * 1000;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#mailboxes.clear();
    this.#kept.clear();
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('PORT_CLOSED', 'answers are closed');
  }

  #keep(userId: number, body: string): void {
    this.#kept.delete(userId);
    this.#kept.set(userId, { body, expiresAtMs: this.#clock.monotonicMs() + answerTtlSeconds * 1000 });
    if (this.#kept.size <= keptAnswersMax) return;
    const [longestUnchanged] = this.#kept.keys();
    if (longestUnchanged !== undefined) this.#kept.delete(longestUnchanged);
  }

  #notice(address: string, body: string): void {
    const mailbox = this.#mailbox(address);
    mailbox.notices.push(body);
    if (mailbox.notices.length > noticesMax) mailbox.notices.shift();
    mailbox.expiresAtMs = this.#clock.monotonicMs() + noticeTtlSeconds * 1000;
    this.#schedule(address, mailbox);
  }

  #mailbox(address: string): Mailbox {
    const known = this.#mailboxes.get(address);
    if (known) return known;
    const expiresAtMs = this.#clock.monotonicMs() + noticeTtlSeconds * 1000;
    const mailbox: Mailbox = { notices: [], listeners: [], expiresAtMs, scheduled: false };
    this.#mailboxes.set(address, mailbox);
    return mailbox;
  }

  #schedule(address: string, mailbox: Mailbox): void {
    if (mailbox.scheduled || mailbox.listeners.length === 0 || mailbox.notices.length === 0) return;
    mailbox.scheduled = true;
    setImmediate(() => {
      mailbox.scheduled = false;
      const [listener] = mailbox.listeners;
      if (!listener || this.#closed || this.#mailboxes.get(address) !== mailbox) return;
      const answers = mailbox.notices.splice(0).map((body) => JSON.parse(body) as Answer);
      if (answers.length > 0) tell('answers', listener, answers, this.#report);
    });
  }

  /** Addresses are few (one a gateway), so each post looks at all of them. */
  #dropUnread(): void {
    const now = this.#clock.monotonicMs();
    for (const [address, { listeners, expiresAtMs }] of this.#mailboxes) {
      if (listeners.length === 0 && expiresAtMs <= now) this.#mailboxes.delete(address);
    }
  }
}
