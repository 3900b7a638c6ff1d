import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { CommandPipe } from './command-pipe.ts';
import { readPopped } from './notice-reader.ts';
import type { ReplyReader } from './reply-reader.ts';

const text = (reply: ReplyReader) => reply.text();
const integer = (reply: ReplyReader) => reply.integer();

/** A socket whose other side is the test, under a client that has just signed in. */
function connected() {
  const writes: string[] = [];
  const aStream = () => {
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        writes.push(chunk.toString());
        done();
      },
    });
    stream.on('error', () => {});
    return stream;
  };
  const client = Object.assign(new EventEmitter(), { stream: aStream() });
  const pipe = new CommandPipe(client as unknown as Redis);
  client.emit('ready');
  const again = () => {
    client.stream = aStream();
    client.emit('ready');
  };
  return { pipe, client, writes, again };
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('what is asked within a turn is one write, and replies go to who asked, in order', async () => {
  const { pipe, client, writes } = connected();
  const asked = [pipe.send(text, 'GET', 'für'), pipe.send(integer, 'EXISTS', 'b'), pipe.send(text, 'GET', 'c')];
  await nextTurn();
  expect(writes).toEqual([
    '*2\r\n$3\r\nGET\r\n$4\r\nfür\r\n*2\r\n$6\r\nEXISTS\r\n$1\r\nb\r\n*2\r\n$3\r\nGET\r\n$1\r\nc\r\n',
  ]);
  client.stream.push('$3\r\none\r\n:1\r\n$-1\r\n');
  expect(await Promise.all(asked)).toEqual(['one', 1, null]);
});

test('replies may be cut anywhere', async () => {
  const replies = Buffer.from('$5\r\nabcde\r\n:12\r\n$2\r\nü\r\n');
  for (let cut = 1; cut < replies.length; cut++) {
    const { pipe, client } = connected();
    const asked = [pipe.send(text, 'GET', 'a'), pipe.send(integer, 'EXISTS', 'b'), pipe.send(text, 'GET', 'c')];
    client.stream.push(replies.subarray(0, cut));
    await nextTurn();
    client.stream.push(replies.subarray(cut));
    expect(await Promise.all(asked)).toEqual(['abcde', 12, 'ü']);
  }
});

test('an error reply is for its own command alone', async () => {
  const { pipe, client } = connected();
  const [bad, good] = [pipe.send(integer, 'EVALSHA', 'x'), pipe.send(integer, 'EXISTS', 'b')];
  client.stream.push('-NOSCRIPT No matching script\r\n:1\r\n');
  await expect(bad).rejects.toThrow(/^NOSCRIPT/);
  expect(await good).toBe(1);
  expect(pipe.isOpen).toBe(true);
});

test.each(['rubbish\r\n', '+OK\r\n', ':1\r\n:2\r\n'])(
  'who is out of step ends the connection and all that waits: %j',
  async (reply) => {
    const { pipe, client } = connected();
    const asked = [pipe.send(integer, 'EXISTS', 'a')];
    if (!reply.startsWith(':')) asked.push(pipe.send(integer, 'EXISTS', 'b'));
    client.stream.push(reply);
    const settled = await Promise.allSettled(asked);
    expect(settled.every(({ status }) => status === (reply.startsWith(':') ? 'fulfilled' : 'rejected'))).toBe(true);
    expect(pipe.isOpen).toBe(false);
    expect(client.stream.destroyed).toBe(true);
  },
);

test('what waits ends with its connection, and the next connection begins anew', async () => {
  const { pipe, client, writes, again } = connected();
  const lost = pipe.send(text, 'GET', 'a');
  await nextTurn();
  client.stream.push('$5\r\nab');
  await nextTurn();
  client.stream.destroy();
  await expect(lost).rejects.toThrow('the connection ended');
  await expect(pipe.send(text, 'GET', 'b')).rejects.toThrow('not connected');
  again();
  const asked = pipe.send(text, 'GET', 'c');
  await nextTurn();
  client.stream.push('$1\r\nc\r\n');
  expect(await asked).toBe('c');
  expect(writes.at(-1)).toContain('c\r\n');
});

test('what was asked of a connection that ended within the turn is not sent on the next one', async () => {
  const { pipe, client, writes, again } = connected();
  const lost = pipe.send(text, 'GET', 'secret');
  client.stream.destroy();
  await expect(lost).rejects.toThrow('the connection ended');
  again();
  await nextTurn();
  expect(writes.join('')).not.toContain('secret');
});

test("a call that nobody answers ends in time, and its late reply is nobody else's", async () => {
  const { pipe, client } = connected();
  const [late, patient] = [pipe.ask('read a', text, 'GET', 'a'), pipe.send(text, 'GET', 'b')];
  await expect(late).rejects.toMatchObject({ code: 'STORE_DOWN', message: 'read a took longer than 230 ms' });
  client.stream.push('$1\r\na\r\n$1\r\nb\r\n');
  expect(await patient).toBe('b');
  const next = pipe.ask('read c', text, 'GET', 'c');
  client.stream.push('$1\r\nc\r\n');
  expect(await next).toBe('c');
});

test('a call says what it was for, whatever goes wrong', async () => {
  const { pipe, client } = connected();
  const refused = pipe.ask('read a', text, 'GET', 'a');
  client.stream.push('-LOADING Redis is loading\r\n');
  await expect(refused).rejects.toMatchObject({
    code: 'STORE_DOWN',
    message: expect.stringMatching(/^read a: LOADING/),
  });
  const lost = pipe.ask('read b', text, 'GET', 'b');
  client.stream.destroy();
  await expect(lost).rejects.toMatchObject({ code: 'STORE_DOWN', message: 'read b: the connection ended' });
  await expect(pipe.ask('read c', text, 'GET', 'c')).rejects.toMatchObject({ code: 'STORE_DOWN' });
});

test('members of a list are read once all of them are here, and none is no error', async () => {
  const reply = Buffer.from('*2\r\n$1\r\nk\r\n*2\r\n$3\r\none\r\n$4\r\nzwö\r\n*-1\r\n');
  for (let cut = 1; cut < reply.length; cut++) {
    const { pipe, client } = connected();
    const asked = [pipe.send(readPopped, 'BLMPOP', '1'), pipe.send(readPopped, 'BLMPOP', '1')];
    client.stream.push(reply.subarray(0, cut));
    await nextTurn();
    client.stream.push(reply.subarray(cut));
    expect(await Promise.all(asked)).toEqual([['one', 'zwö'], []]);
  }
});
