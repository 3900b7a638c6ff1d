import { describe, expect, test } from 'vitest';
import { PlainRequestReader } from './read-plain-request.ts';

const request = (target: string, ...headers: string[]): string =>
  `GET ${target} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
const read = (text: string) => new PlainRequestReader().read(text);

test.each([
  [request('/recommend/42', 'Host: a'), '42', '', false, null],
  [request('/recommend/007?n=3&x=?', 'host:a', 'ACCEPT: application/json'), '007', 'n=3&x=?', true, null],
  [request('/recommend/1', 'Accept: */*', 'Host:', 'X-Request-Timeout-Ms: 250 '), '1', '', false, 250],
  [request('/recommend/1', 'Host: a', 'Connection: Keep-Alive', 'traceparent: 00-1-2-01'), '1', '', false, null],
  [request('/recommend/1', 'Host: a', 'Accept: text/plain', 'X-Request-Timeout-Ms: soon'), '1', '', false, null],
])('%j', (text, segment, query, wantsJson, timeoutMs) => {
  expect(read(text)).toEqual({ asking: { segment, query, wantsJson, timeoutMs }, length: text.length });
});

const host = 'Host: a';

describe('is left to Node', () => {
  test.each([
    ['another method', 'POST /recommend/1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another route', request('/recommended/1', host)],
    ['no id', request('/recommend/', host)],
    ['an id that is none', request('/recommend/1a', host)],
    ['a percent code in the id', request('/recommend/%31', host)],
    ['a slash behind it', request('/recommend/1/', host)],
    ['a fragment', request('/recommend/1?x#y', host)],
    ['a letter beyond ASCII in the query', request('/recommend/1?é', host)],
    ['an older version', 'GET /recommend/1 HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['two spaces', 'GET /recommend/1  HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['line feeds alone', 'GET /recommend/1 HTTP/1.1\nHost: a\n\n'],
    ['no host', request('/recommend/1', 'Accept: */*')],
    ['no headers', 'GET /recommend/1 HTTP/1.1\r\n\r\nGET /recommend/2 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two hosts', request('/recommend/1', host, 'Host: b')],
    ['two wishes for a form', request('/recommend/1', host, 'Accept: */*', 'Accept: application/json')],
    ['a form with a quality', request('/recommend/1', host, 'Accept: text/html, */*;q=0.1')],
    ['a form named like a method of objects', request('/recommend/1', host, 'Accept: constructor')],
    ['a space before the colon', request('/recommend/1', host, 'X-A : 1')],
    ['a line that goes on', request('/recommend/1', host, 'X-A: 1', ' 2')],
    ['a carriage return in a value', request('/recommend/1', host, 'X-A: 1\rX-B: 2')],
    ['a line feed in a value', request('/recommend/1', host, 'X-A: 1\nContent-Length: 5')],
    ['a NUL in a value', request('/recommend/1', host, 'X-A: 1\u00002')],
    ['no colon', request('/recommend/1', host, 'X-A')],
    ['a body', `${request('/recommend/1', host, 'Content-Length: 2')}ab`],
    ['a body of no bytes', request('/recommend/1', host, 'Content-Length: 0')],
    ['chunks', `${request('/recommend/1', host, 'transfer-encoding: chunked')}0\r\n\r\n`],
    ['an end of the connection', request('/recommend/1', host, 'Connection: close')],
    ['an upgrade', request('/recommend/1', host, 'Connection: Upgrade', 'Upgrade: h2c')],
    ['an expectation', request('/recommend/1', host, 'Expect: 100-continue')],
  ])('%s', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  test('planted: without the one line of each that makes the difference it is read', () => {
    for (const line of ['Content-Length: 2', 'transfer-encoding: chunked', 'Expect: 100-continue', 'X-A : 1']) {
      expect(read(request('/recommend/1', host, line))).toBeNull();
      expect(read(request('/recommend/1', host, line.replace(/^(.*):/, 'X-B:')))).not.toBeNull();
    }
  });

  test('every part of a request that has not come as a whole', () => {
    const whole = request('/recommend/42', host, 'Accept: */*');
    for (let end = 0; end < whole.length; end++) expect(read(whole.slice(0, end))).toBeNull();
    expect(read(whole)).not.toBeNull();
  });
});

test('what is remembered of headers holds for the same headers only', () => {
  const reader = new PlainRequestReader();
  const json = request('/recommend/1', host, 'Accept: application/json');
  const text = request('/recommend/2', host, 'Accept: text/plain');
  const body = request('/recommend/3', host, 'Accept: text/plain', 'Content-Length: 5');
  const longer = json.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n');
  const seen = [json, text, json, longer, body, text].map((one) => reader.read(one)?.asking.wantsJson);
  expect(seen).toEqual([true, false, true, undefined, undefined, false]);
});

test('requests that come together are read one after the other', () => {
  const reader = new PlainRequestReader();
  const all = [1, 2, 3].map((id) => request(`/recommend/${id}`, host)).join('');
  const segments: (string | undefined)[] = [];
  for (let at = 0; at < all.length;) {
    const found = reader.read(all.slice(at));
    segments.push(found?.asking.segment);
    at += found?.length ?? all.length;
  }
  expect(segments).toEqual(['1', '2', '3']);
});
