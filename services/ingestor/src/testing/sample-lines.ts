import type { LogEvent, QuarantineReason } from '@reelay/shared/contracts';

export const bytes = (line: string): Uint8Array => Buffer.from(line);
export const at = (iso: string): number => Date.parse(`${iso}Z`) / 1000;
export const second = '2031-05-06T07:08:09';
const time = at(second);
const server = 'team.example.org:8082';

export const clean: [name: string, line: string, event: LogEvent][] = [
  [
    'watch',
    `${second},614,GET /data/m/the+quiet+dune+2004/20.mpg`,
    { kind: 'watch', time, userId: 614, movieId: 'the+quiet+dune+2004', minute: 20 },
  ],
  [
    'minute 0',
    `${second},1,GET /data/m/dune+2004/0.mpg`,
    { kind: 'watch', time, userId: 1, movieId: 'dune+2004', minute: 0 },
  ],
  [
    'mini-series',
    `${second},1000000,GET /data/m/dune+2004/1063.mpg`,
    { kind: 'watch', time, userId: 1_000_000, movieId: 'dune+2004', minute: 1063 },
  ],
  [
    'seconds left out',
    '2031-05-06T07:08,614,GET /data/m/dune+2004/2.mpg',
    { kind: 'watch', time: at('2031-05-06T07:08:00'), userId: 614, movieId: 'dune+2004', minute: 2 },
  ],
  [
    'leap day',
    '2032-02-29T00:00,7,GET /rate/dune+2004=3',
    { kind: 'rate', time: at('2032-02-29T00:00:00'), userId: 7, movieId: 'dune+2004', rating: 3 },
  ],
  [
    'leading zeros',
    `${second},007,GET /rate/dune+2004=05`,
    { kind: 'rate', time, userId: 7, movieId: 'dune+2004', rating: 5 },
  ],
  ...[
    '10_000+nights_+a+tale+1969',
    'salt++pepper+1971',
    'mr.+x+2009',
    '...and+on+1979',
    'l*i*n*k+1970',
    '61*+2001',
    'bad+goose+',
    '+nos+oies+1983',
    '++1959',
    'la+moiti%C3%A9+2000',
    'who!+1999',
    'saint-marie+2013',
  ].map((movieId): [string, string, LogEvent] => [
    `movie ${movieId}`,
    `${second},9,GET /rate/${movieId}=1`,
    { kind: 'rate', time, userId: 9, movieId, rating: 1 },
  ]),
  ['account', `${second},42,GET /create_account`, { kind: 'account', time, userId: 42 }],
];

const answered = { kind: 'recommendation' as const, time, userId: 5, server, latencyMs: 65 };
export const requests: [name: string, line: string, event: LogEvent][] = [
  [
    'answered',
    `${second}.149,5,recommendation request ${server}, status 200, result: a+1999, b++c+2001, 65 ms`,
    { ...answered, millisecond: 149, status: 200, movieIds: ['a+1999', 'b++c+2001'], error: null },
  ],
  [
    'joined without a space',
    `${second},5,recommendation request ${server}, status 200, result: a+1999,b+2001, 65 ms`,
    { ...answered, millisecond: 0, status: 200, movieIds: ['a+1999', 'b+2001'], error: null },
  ],
  [
    'one movie, nine digits',
    `${second}.160449866,5,recommendation request ${server}, status 200, result: a+1999, 65 ms`,
    { ...answered, millisecond: 160, status: 200, movieIds: ['a+1999'], error: null },
  ],
  [
    'no movie',
    `${second},5,recommendation request ${server}, status 200, result: , 65 ms`,
    { ...answered, millisecond: 0, status: 200, movieIds: [], error: null },
  ],
  ...[
    'java.util.concurrent.TimeoutException: Request timeout to team.example.org/192.0.2.7:8082 after 800 ms',
    'java.net.ConnectException: Connection refused: team.example.org/192.0.2.7:8082',
    'java.net.ConnectException: connection timed out: team.example.org/192.0.2.7:8082',
    'dispatch.StatusCode: Unexpected response status: 500',
    'Connection refused: team.example.org/192.0.2.7:8082',
    'a+1999,b+2001,c+',
    'überlastet, bitte später',
  ].map((error): [string, string, LogEvent] => [
    `failure: ${error.slice(0, 30)}`,
    `${second}.863123,5,recommendation request ${server}, status 0, result: ${error}, 65 ms`,
    { ...answered, millisecond: 863, status: 0, movieIds: [], error },
  ]),
];

const watch = (movie: string, minute = '3'): string => `${second},5,GET /data/m/${movie}/${minute}.mpg`;
export const rate = (movie: string, rating: string): string => `${second},5,GET /rate/${movie}=${rating}`;
const request = (rest: string): string => `${second},5,recommendation request ${rest}`;

export const dirty: [line: string, reason: QuarantineReason][] = [
  ['', 'FORM'],
  ['no commas at all', 'FORM'],
  [`${second},GET /rate/a+1999=3`, 'FORM'],
  [`${second},,GET /rate/a+1999=3`, 'USER'],
  ...[
    '2031-05-0 6T07:08:09',
    '2031-05-06T0X7:08:09',
    '2031-05-06T07: 08:09',
    '2031-e05-06T07:08:09',
    '2031-105-06T07:08:09',
    '2031-13-06T07:08:09',
    '2031-00-06T07:08:09',
    '2031-02-30T07:08:09',
    '2031-02-29T07:08:09',
    '2031-05-06T24:00:00',
    '2031-05-06T07:60:09',
    '2031-05-06T07:08:60',
    '2031-05-06T07:08:',
    '2031-05-06T07:08:09.',
    '2031-05-06T07:08:09.12',
    '2031-05-06T07:08:09.1234',
    '2031-05-06T07:08:09.1234567890',
    '2031-05-06T07:08:09.12a',
    '2031-05-06 07:08:09',
    '1931-05-06T07:08:09',
    '1700000000',
    ' 2031-05-06T07:08:09',
    '2031-05-06T07:08:09Z',
    '2031-05-06T07:8',
  ].map((stamp): [string, QuarantineReason] => [`${stamp},5,GET /rate/a+1999=3`, 'TIME']),
  ...[' 5', '5 ', 'N5', '3r5', '-5', '+5', '1e3', '٣'].map((user): [string, QuarantineReason] => [
    `${second},${user},GET /rate/a+1999=3`,
    'USER',
  ]),
  ...['0', '000', '1000001', '6597125', '9'.repeat(5_000)].map((user): [string, QuarantineReason] => [
    `${second},${user},GET /rate/a+1999=3`,
    'USER_RANGE',
  ]),
  ...[
    'GZET /rate/a+1999=3',
    'GET /d ata/m/a+1999/3.mpg',
    'GET /data/5m/a+1999/3.mpg',
    'GET/data/m/a+1999/3.mpg',
    'GET /rate /a+1999=3',
    'get /rate/a+1999=3',
    'GET /create_account ',
    'GET /data/m/a+1999',
    'GET /rate/a+1999',
    '',
    ' GET /rate/a+1999=3',
  ].map((action): [string, QuarantineReason] => [`${second},5,${action}`, 'FORM']),
  ...[
    'aDdjc1gioF',
    'q6hxhgaukf',
    'sOtar+2009',
    'two+words+and+fun eral+1994',
    ' lead+2001',
    'tail+ 2001',
    'word+197R7',
    'word+1 962',
    '',
    'a/b+1999',
    'x'.repeat(200) + '+1999',
    'qzkwjvxhgplmnbtrdsfcyaeuioqzkwjvxhgplmnb',
    '+',
  ].map((movie): [string, QuarantineReason] => [watch(movie), 'MOVIE_ID']),
  [rate('', '4'), 'MOVIE_ID'],
  [rate(' ', '4'), 'MOVIE_ID'],
  [watch('a+1999', ' 88'), 'FORM'],
  [watch('a+1999', ',154'), 'FORM'],
  [watch('a+1999', 'ten'), 'FORM'],
  [watch('a+1999', ''), 'FORM'],
  [`${second},5,GET /data/m/a+1999/3. mpg`, 'FORM'],
  [`${second},5,GET /data/m/a+1999/3.Hmpg`, 'FORM'],
  [`${second},5,GET /data/m/a+1999/3.mpg?x=1`, 'FORM'],
  [watch('a+1999', '2001'), 'MINUTE_RANGE'],
  [watch('a+1999', '9'.repeat(400)), 'MINUTE_RANGE'],
  ...['five', 'a', '', '4 ', '-1', '4.5'].map((rating): [string, QuarantineReason] => [
    rate('a+1999', rating),
    'RATING',
  ]),
  ...['0', '6', '15', '9'.repeat(400)].map((rating): [string, QuarantineReason] => [
    rate('a+1999', rating),
    'RATING_RANGE',
  ]),
  [request(`${server}, status 500, result: a+1999, 5 ms`), 'STATUS'],
  [request(`${server}, status 20 0, result: a+1999, 5 ms`), 'STATUS'],
  [request(`${server}, status 200, result: a+1999, 5x ms`), 'LATENCY'],
  [request(`${server}, status 200, result: a+1999, 1234567890 ms`), 'LATENCY'],
  [request(`${server}, status 200, result: a+1999, b +2000, 5 ms`), 'MOVIE_ID'],
  [request(`${server}, status 200, result:  a+1999, 5 ms`), 'MOVIE_ID'],
  [request(`${server}, status 200, result: a+1999`), 'FORM'],
  [request(`${server}, status 200, 5 ms`), 'FORM'],
  [request(`tea m.example.org, status 200, result: a+1999, 5 ms`), 'FORM'],
  [request(`, status 200, result: a+1999, 5 ms`), 'FORM'],
];
