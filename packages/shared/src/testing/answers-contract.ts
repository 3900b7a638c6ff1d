import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../contracts/index.ts';
import { noticesMax, type Answers } from '../messaging/index.ts';
import { waitUntil } from './wait-until.ts';

export interface AnswersSubject {
  name: string;
  /** Answers over an empty store. */
  open(): Promise<Answers>;
}

export const anAnswer = (change: Partial<Answer> = {}): Answer => ({
  requestId: 'request-1',
  userId: 42,
  modelVersion: '17-3fa9c1',
  history: { items: 3, version: 5 },
  items: [
    { id: 'toy+story+1995', score: 0.75 },
    { id: 'heat+1995', score: 0.5 },
  ],
  ...change,
});

const ids = (answers: Answer[]): string[] => answers.map(({ requestId }) => requestId);

/** The definition of `Answers`, for every adapter. */
export function answersContract({ name, open }: AnswersSubject): void {
  describe(`answers: ${name}`, () => {
    let answers: Answers;
    beforeEach(async () => {
      answers = await open();
    });
    afterEach(() => answers.close());

    const inbox = async (address: string) => {
      const got: Answer[] = [];
      const subscription = await answers.listen(address, (arrived) => void got.push(...arrived));
      return { got, subscription };
    };

    test('a posted answer is kept as it was, and noticed once, at its own address', async () => {
      const mine = await inbox('mine');
      const other = await inbox('other');
      const answer = anAnswer();
      await answers.post([{ answer, replyTo: 'mine' }]);
      await answers.post([{ answer: anAnswer({ requestId: 'last' }), replyTo: 'mine' }]);
      await answers.post([{ answer: anAnswer({ requestId: 'elsewhere', userId: 43 }), replyTo: 'other' }]);
      await waitUntil('the last one', () => ids(mine.got).includes('last') && other.got.length > 0);
      expect(mine.got[0]).toEqual(answer);
      expect(ids(mine.got)).toEqual(['request-1', 'last']);
      expect(ids(other.got)).toEqual(['elsewhere']);
      expect(await answers.latest(42)).toEqual(anAnswer({ requestId: 'last' }));
      expect(await answers.latest(43)).toMatchObject({ requestId: 'elsewhere' });
    });

    test('nobody has an answer that was never posted', async () => {
      expect(await answers.latest(7)).toBeNull();
    });

    test('kept answers are the latest of their users, and nobody is noticed', async () => {
      const { got } = await inbox('mine');
      await answers.keep([anAnswer({ userId: 50 }), anAnswer({ userId: 51, requestId: 'second' })]);
      await answers.keep([anAnswer({ userId: 50, requestId: 'later' })]);
      expect((await answers.latest(50))?.requestId).toBe('later');
      expect(await answers.latest(51)).toEqual(anAnswer({ userId: 51, requestId: 'second' }));
      await answers.post([{ answer: anAnswer(), replyTo: 'mine' }]);
      await waitUntil('the notice', () => got.length > 0);
      expect(ids(got)).toEqual(['request-1']);
    });

    test('what is kept and noticed are copies', async () => {
      const { got } = await inbox('mine');
      const answer = anAnswer();
      await answers.post([{ answer, replyTo: 'mine' }]);
      answer.items.pop();
      await waitUntil('the notice', () => got.length === 1);
      got[0]?.items.pop();
      const kept = await answers.latest(42);
      expect(kept).toEqual(anAnswer());
      kept?.items.pop();
      expect(await answers.latest(42)).toEqual(anAnswer());
    });

    test('an answer with a problem is noticed and not kept', async () => {
      const { got } = await inbox('mine');
      await answers.post([{ answer: anAnswer(), replyTo: 'mine' }]);
      const problem = anAnswer({ requestId: 'bad', items: [], problem: 'VERSION_NOT_LOADED' });
      await answers.post([{ answer: problem, replyTo: 'mine' }]);
      await waitUntil('both', () => got.length === 2);
      expect(got[1]).toEqual(problem);
      expect(await answers.latest(42)).toEqual(anAnswer());
    });

    test('an answer to somebody’s wishes is noticed and not kept', async () => {
      const { got } = await inbox('mine');
      await answers.post([{ answer: anAnswer(), replyTo: 'mine' }]);
      await answers.post([{ answer: anAnswer({ requestId: 'wished' }), replyTo: 'mine', keep: false }]);
      await waitUntil('both', () => got.length === 2);
      expect(ids(got)).toEqual(['request-1', 'wished']);
      expect(await answers.latest(42)).toEqual(anAnswer());
    });

    test('what comes before the listener waits for it', async () => {
      await answers.post([{ answer: anAnswer(), replyTo: 'later' }]);
      const { got } = await inbox('later');
      await waitUntil('the notice', () => got.length === 1);
    });

    test('one post may serve many gateways and users, in order', async () => {
      const a = await inbox('a');
      const b = await inbox('b');
      await answers.post(
        Array.from({ length: 100 }, (_, i) => ({
          answer: anAnswer({ requestId: `r${i}`, userId: i }),
          replyTo: i % 2 === 0 ? 'a' : 'b',
        })),
      );
      await waitUntil('all', () => a.got.length === 50 && b.got.length === 50);
      expect(ids(a.got)).toEqual(Array.from({ length: 50 }, (_, i) => `r${2 * i}`));
      expect(await answers.latest(99)).toMatchObject({ requestId: 'r99' });
    });

    test('notices that nobody reads are bounded: the oldest go', async () => {
      const many = Array.from({ length: noticesMax + 5 }, (_, i) => ({
        answer: anAnswer({ requestId: `${i}`, items: [], problem: 'HISTORY_LOST' as const }),
        replyTo: 'away',
      }));
      for (let at = 0; at < many.length; at += 1_000) await answers.post(many.slice(at, at + 1_000));
      const { got } = await inbox('away');
      await waitUntil('the newest', () => got.at(-1)?.requestId === `${noticesMax + 4}`);
      expect(got.length).toBe(noticesMax);
      expect(got[0]?.requestId).toBe('5');
    });

    test('a listener that throws does not end the reading', async () => {
      const got: Answer[] = [];
      await answers.listen('mine', (arrived) => {
        got.push(...arrived);
        throw new Error('planted');
      });
      await answers.post([{ answer: anAnswer(), replyTo: 'mine' }]);
      await waitUntil('the first', () => got.length === 1);
      await answers.post([{ answer: anAnswer({ requestId: 'second' }), replyTo: 'mine' }]);
      await waitUntil('the second', () => got.length === 2);
    });

    test('a listener that was stopped hears nothing more', async () => {
      const first = await inbox('mine');
      await first.subscription.stop();
      const second = await inbox('mine');
      await answers.post([{ answer: anAnswer(), replyTo: 'mine' }]);
      await waitUntil('the notice', () => second.got.length === 1);
      expect(first.got).toEqual([]);
    });

    test('after close everything throws PORT_CLOSED', async () => {
      await inbox('mine');
      await answers.close();
      await answers.close();
      expect(answers.isUp()).toBe(false);
      const closed = { code: 'PORT_CLOSED' };
      await expect(answers.post([])).rejects.toMatchObject(closed);
      await expect(answers.latest(1)).rejects.toMatchObject(closed);
      await expect(answers.listen('x', () => {})).rejects.toMatchObject(closed);
    });
  });
}
