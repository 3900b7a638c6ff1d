import type { Answer } from '@reelay/shared/contracts';
import { openAnswers, openHistories, type HistoryVersion } from '@reelay/shared/messaging';
import { AppError } from '@reelay/shared/runtime';
import { createManualClock } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { findCachedAnswer } from './find-cached-answer.ts';

const kept: Answer = {
  requestId: 'r0',
  userId: 42,
  modelVersion: '1-aaaaaa',
  history: { items: 2, version: 7 },
  items: [{ id: 'movie+2001', score: 1 }],
};
const question = { userId: 42, modelVersion: '1-aaaaaa', limitMs: 100 };

const find = (answer: Answer | null, history: HistoryVersion, modelVersion = question.modelVersion) =>
  findCachedAnswer(
    { ...question, modelVersion },
    {
      answers: { latest: async () => answer },
      histories: { version: async () => history },
      clock: createManualClock(),
    },
  );

test('a kept answer of the same model and the same history is fresh', async () => {
  expect(await find(kept, { state: 'known', version: 7 })).toEqual({ kind: 'fresh', answer: kept });
});

test('so is the answer of a user who is still cold', async () => {
  const cold = { ...kept, history: { items: 0, version: 0 } };
  expect((await find(cold, { state: 'cold', version: 0 })).kind).toBe('fresh');
});

test.each([
  ['another model', kept, { state: 'known', version: 7 }, '2-bbbbbb'],
  ['one event since', kept, { state: 'known', version: 8 }, '1-aaaaaa'],
  ['nothing kept', null, { state: 'known', version: 7 }, '1-aaaaaa'],
] as const)('%s is stale', async (_what, answer, history, version) => {
  expect((await find(answer, history, version)).kind).toBe('stale');
});

test('a history that is lost makes no answer fresh, even where the versions agree', async () => {
  const cold = { ...kept, history: { items: 0, version: 0 } };
  expect((await find(cold, { state: 'lost', version: 0 })).kind).toBe('lost');
});

test('a slow store is given up at the limit, and its late failure harms nobody', async () => {
  const clock = createManualClock();
  const { promise, reject } = Promise.withResolvers<Answer | null>();
  const latest = () => promise;
  const histories = await openHistories('memory:');
  const found = findCachedAnswer(question, { answers: { latest }, histories, clock });
  clock.advance(100);
  expect(await found).toEqual({ kind: 'slow' });
  reject(new Error('much later'));
});

test('a store that says that it is away is down, and nothing is thrown', async () => {
  const answers = await openAnswers('memory:');
  const histories = { version: () => Promise.reject(new AppError('STORE_DOWN', 'away')) };
  expect(await findCachedAnswer(question, { answers, histories, clock: createManualClock() })).toEqual({
    kind: 'down',
  });
});

describe('with an answer in memory', () => {
  const asked: string[] = [];
  const findHeld = async (held: Answer, history: HistoryVersion, answer: Answer | null) => {
    asked.length = 0;
    const answers = {
      async latest() {
        asked.push('answer');
        return answer;
      },
    };
    const histories = {
      async version() {
        asked.push('version');
        return history;
      },
    };
    return findCachedAnswer({ ...question, held }, { answers, histories, clock: createManualClock() });
  };

  test('a fresh one is taken, and the kept one is not read', async () => {
    expect(await findHeld(kept, { state: 'known', version: 7 }, null)).toEqual({ kind: 'fresh', answer: kept });
    expect(asked).toEqual(['version']);
  });

  test('one event since, and what somebody else kept is looked at', async () => {
    const newer = { ...kept, requestId: 'r1', history: { items: 3, version: 8 } };
    expect(await findHeld(kept, { state: 'known', version: 8 }, newer)).toEqual({ kind: 'fresh', answer: newer });
    expect((await findHeld(kept, { state: 'known', version: 8 }, kept)).kind).toBe('stale');
  });

  test('of another model it changes nothing', async () => {
    const other = { ...kept, modelVersion: '0-cccccc' };
    expect(await findHeld(other, { state: 'known', version: 7 }, kept)).toEqual({ kind: 'fresh', answer: kept });
    expect(asked.toSorted()).toEqual(['answer', 'version']);
  });

  test('a lost history makes it no fresher', async () => {
    expect((await findHeld(kept, { state: 'lost', version: 0 }, null)).kind).toBe('lost');
  });
});
