import { describe, expect, test } from 'vitest';
import { errorTexts, formatAccount, formatRate, formatRecommendation, formatWatch } from './format-line.ts';
import { keepsTheRules } from './line-check.ts';
import { formatLogTime, parseLogTime } from './log-time.ts';

const second = Date.parse('2031-05-06T07:08:09Z') / 1000;
const server = 'team.example:8082';
const peer = { host: 'team.example', address: '192.0.2.7', port: 8082 };

describe('time', () => {
  test.each([
    [second, 0, '2031-05-06T07:08:09'],
    [second - 9, 0, '2031-05-06T07:08'],
    [second - 9, 1_000_000, '2031-05-06T07:08:00.001'],
    [second, 149_000_000, '2031-05-06T07:08:09.149'],
    [second, 38_164_000, '2031-05-06T07:08:09.038164'],
    [second, 67_535_902, '2031-05-06T07:08:09.067535902'],
  ])('%d s and %d ns', (seconds, nanosecond, text) => {
    expect(formatLogTime(seconds, nanosecond)).toBe(text);
    expect(parseLogTime(text)).toBe(seconds);
  });

  test('what is no time is not read as one', () => {
    expect(['2031-05-0 6T07:08:09', '2031-13-06T07:08', '', '1700000000'].map(parseLogTime)).toEqual(
      Array(4).fill(undefined),
    );
  });
});

test.each([
  [formatWatch(second, 614, 'dune+2004', 20), '2031-05-06T07:08:09,614,GET /data/m/dune+2004/20.mpg'],
  [formatRate(second, 614, 'dune+2004', 3), '2031-05-06T07:08:09,614,GET /rate/dune+2004=3'],
  [formatAccount(second, 614), '2031-05-06T07:08:09,614,GET /create_account'],
  [
    formatRecommendation({ second, nanosecond: 149_000_000 }, 5, server, {
      status: 200,
      movieIds: ['a+1999', 'b+2001'],
      latencyMs: 65,
    }),
    '2031-05-06T07:08:09.149,5,recommendation request team.example:8082, status 200, result: a+1999, b+2001, 65 ms',
  ],
  [
    formatRecommendation({ second, nanosecond: 0 }, 5, server, {
      status: 0,
      error: errorTexts.timeout(peer, 600),
      latencyMs: 615,
    }),
    '2031-05-06T07:08:09,5,recommendation request team.example:8082, status 0, result: java.util.concurrent.TimeoutException: Request timeout to team.example/192.0.2.7:8082 after 600 ms, 615 ms',
  ],
  [errorTexts.refused(peer), 'java.net.ConnectException: Connection refused: team.example/192.0.2.7:8082'],
  [errorTexts.unexpectedStatus(500), 'dispatch.StatusCode: Unexpected response status: 500'],
])('%s', (made, expected) => {
  expect(made).toBe(expected);
  if (made.includes(',')) expect(keepsTheRules(made, 5)).toBe(true);
});
