import { expect, test } from 'vitest';
import { answersContract, anAnswer } from '../../testing/index.ts';
import { answerTtlSeconds, noticeTtlSeconds } from '../answers.ts';
import { keptAnswersMax, MemoryAnswers } from './memory-answers.ts';

answersContract({ name: 'memory', open: async () => new MemoryAnswers() });

const clockAt = (time: { ms: number }) => ({
  now: () => time.ms,
  monotonicMs: () => time.ms,
  after: () => () => {},
  sleep: async () => {},
});

test('a kept answer ends with its time to live', async () => {
  const time = { ms: 0 };
  const answers = new MemoryAnswers({ clock: clockAt(time) });
  await answers.post([{ answer: anAnswer(), replyTo: 'mine' }]);
  time.ms = answerTtlSeconds * 1000 - 1;
  expect(await answers.latest(42)).toEqual(anAnswer());
  time.ms = answerTtlSeconds * 1000;
  expect(await answers.latest(42)).toBeNull();
});

test('notices that nobody reads vanish', async () => {
  const time = { ms: 0 };
  const answers = new MemoryAnswers({ clock: clockAt(time) });
  await answers.post([{ answer: anAnswer(), replyTo: 'gone' }]);
  time.ms = noticeTtlSeconds * 1000;
  const got: string[] = [];
  await answers.listen('gone', (arrived) => void got.push(...arrived.map(({ requestId }) => requestId)));
  await answers.post([{ answer: anAnswer({ requestId: 'new' }), replyTo: 'gone' }]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(got).toEqual(['new']);
});

test('kept answers are bounded: the longest unchanged go', async () => {
  const answers = new MemoryAnswers();
  const posts = Array.from({ length: keptAnswersMax + 1 }, (_, userId) => ({
    answer: anAnswer({ userId, items: [] }),
    replyTo: 'nobody',
  }));
  await answers.post(posts);
  expect(await answers.latest(0)).toBeNull();
  expect(await answers.latest(1)).not.toBeNull();
});
