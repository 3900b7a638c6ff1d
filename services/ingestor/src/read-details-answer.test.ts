import { expect, test } from 'vitest';
import { normaliseUser } from './normalise-details.ts';
import { readDetailsAnswer } from './read-details-answer.ts';

const reader = { read: normaliseUser, idOf: ({ userId }: { userId: number }) => String(userId) };
const user = (userId: number | string) => ({ user_id: userId, age: 30, gender: 'M', occupation: 'artist' });
const notFound = { message: 'user not found' };

/** In short: ids found and unknown, or the outcome. */
function outcomeOf(ids: string[], status: number, body: unknown): string {
  const answer = readDetailsAnswer(reader, ids, {
    status,
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (answer.outcome !== 'told') return answer.outcome;
  return `found ${[...answer.found.keys()].join(' ')}; unknown ${answer.unknown.join(' ')}`;
}

test.each<[ids: string[], status: number, body: unknown, outcome: string]>([
  [['7'], 200, user(7), 'found 7; unknown '],
  [['7'], 200, user('7'), 'found 7; unknown '],
  [['7'], 200, [user(7)], 'found 7; unknown '],
  [['7'], 200, { ...user(7), message: 'welcome' }, 'found 7; unknown '],
  [['7'], 200, notFound, 'found ; unknown 7'],
  [['7'], 404, notFound, 'found ; unknown 7'],
  [['7'], 404, { message: 'Not Found' }, 'found ; unknown 7'],
  [['7'], 404, '<html>404</html>', 'garbage'],
  [['7'], 200, '<html>log in</html>', 'garbage'],
  [['7'], 200, '{"user_id":7,"ag', 'garbage'],
  [['7'], 200, '', 'garbage'],
  [['7'], 200, {}, 'garbage'],
  [['7'], 200, null, 'garbage'],
  [['7'], 200, user(8), 'garbage'],
  [['7'], 200, { message: 'internal trouble' }, 'garbage'],
  [['7'], 200, { message: 'rate limit exceeded' }, 'busy'],
  [['7'], 429, notFound, 'busy'],
  [['7'], 500, notFound, 'down'],
  [['7'], 503, '', 'down'],
  [['7'], 401, { message: 'who are you' }, 'down'],
  [['7', '8'], 200, [user(8), user(7)], 'found 8 7; unknown '],
  [['7', '8'], 200, [user(7), notFound], 'found 7; unknown 8'],
  [['7', '8'], 200, [user(8), user(9)], 'found 8; unknown 7'],
  [['7', '8'], 200, [notFound, notFound], 'found ; unknown 7 8'],
  [['7', '8'], 200, [], 'found ; unknown 7 8'],
  [['7', '8'], 200, [1, 2], 'garbage'],
  [['7', '8'], 200, [user(1), user(2)], 'garbage'],
  [['7', '8'], 404, notFound, 'no list'],
  [['7', '8'], 200, notFound, 'no list'],
  [['7', '8'], 200, user(7), 'no list'],
  [['7', '8'], 400, 'bad request', 'no list'],
  [['7', '8'], 200, '<html>', 'garbage'],
  [['7', '8'], 429, '', 'busy'],
])('%j: status %i %j → %s', (ids, status, body, outcome) => {
  expect(outcomeOf(ids, status, body)).toBe(outcome);
});

test('the time that a busy API asks for is handed on', () => {
  const answer = readDetailsAnswer(reader, ['7'], { status: 429, text: '', retryAfterMs: 3_000 });
  expect(answer).toMatchObject({ outcome: 'busy', retryAfterMs: 3_000 });
});
