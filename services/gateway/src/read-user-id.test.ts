import { expect, test } from 'vitest';
import { readUserId, userIdMax } from './read-user-id.ts';

test.each([
  ['1', 1],
  ['007', 7],
  ['2000000', 2_000_000],
  [`${userIdMax}`, userIdMax],
  ['00000000000000000000000000000042', 42],
])('%s is user %i', (segment, userId) => {
  expect(readUserId(segment)).toBe(userId);
});

const malformed = ['', '0', '000', '-1', '-0', '+1', 'abc', '1e3', '0x1', '1.0', ' 1', '1 ', '1,2', '1/2', '..'];
const encoded = ['%31', '%2e%2e', '1\r\n', '1\u0000', '१', '１', '__proto__', 'NaN', 'Infinity'];
const tooLarge = ['2147483648', '9007199254740992', '9'.repeat(5_000)];

test.each([...malformed, ...encoded, ...tooLarge])('%j is no user id', (segment) => {
  expect(() => readUserId(segment)).toThrow(expect.objectContaining({ code: 'USER_ID_INVALID' }));
});

test('the error does not repeat what was sent', () => {
  expect(() => readUserId('<script>')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('script') }),
  );
});
