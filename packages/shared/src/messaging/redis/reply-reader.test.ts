import { expect, test } from 'vitest';
import { ReplyIncomplete, ReplyReader } from './reply-reader.ts';

const reader = (text: string): ReplyReader => new ReplyReader(Buffer.from(text));

test('each kind of reply is what it says, one behind the other', () => {
  const replies = reader('+OK\r\n:-12\r\n$4\r\nfür\r\n$-1\r\n$0\r\n\r\n*3\r\n$1\r\na\r\n$-1\r\n$2\r\n\r\n\r\n*-1\r\n');
  expect(replies.status()).toBe('OK');
  expect(replies.integer()).toBe(-12);
  expect([replies.text(), replies.text(), replies.text()]).toEqual(['für', null, '']);
  expect(replies.texts()).toEqual(['a', null, '\r\n']);
  expect(replies.isOver).toBe(false);
  expect(replies.texts()).toEqual([]);
  expect(replies.isOver).toBe(true);
});

test('an error reply is told as such, and the next one is read', () => {
  const replies = reader('-WRONGTYPE of value\r\n:1\r\n');
  expect(replies.error()).toBe('WRONGTYPE of value');
  expect(replies.error()).toBeNull();
  expect(replies.integer()).toBe(1);
});

test('a reply that is cut at any byte is incomplete', () => {
  const kinds: [whole: string, read: (replies: ReplyReader) => unknown][] = [
    ['+OK\r\n', (replies) => replies.status()],
    [':12\r\n', (replies) => replies.integer()],
    ['$5\r\nabcde\r\n', (replies) => replies.text()],
    ['*2\r\n$1\r\na\r\n$2\r\nbc\r\n', (replies) => replies.texts()],
    ['-ERR no\r\n', (replies) => replies.error()],
  ];
  for (const [whole, read] of kinds) {
    expect(() => read(reader(whole))).not.toThrow();
    for (let length = 1; length < whole.length; length++)
      expect(() => read(reader(whole.slice(0, length)))).toThrow(ReplyIncomplete);
  }
});

test('what is of another kind, or no reply at all, is an error of its own', () => {
  for (const text of ['+OK\r\n', '$1\r\na\r\n', 'HTTP/1.1 400\r\n', ':1x\r\n', '\u0000\u0001'])
    expect(() => reader(text).integer()).toThrow('another kind');
});
