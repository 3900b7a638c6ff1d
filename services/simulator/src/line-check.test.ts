import { expect, test } from 'vitest';
import { keepsTheRules } from './line-check.ts';

const watch = '2031-05-06T07:08:09,614,GET /data/m/the+quiet+dune+2004/20.mpg';
const request = '2031-05-06T07:08:09.067535902,5,recommendation request team.example:8082, status';

test.each([
  watch,
  '2031-05-06T07:08,614,GET /data/m/bad+goose+/0.mpg',
  '2032-02-29T23:59:59,1000000,GET /rate/10_000+nights_+a+tale+1969=5',
  '2031-05-06T07:08:09,1,GET /create_account',
  '2031-05-06T07:08:09,007,GET /rate/salt++pepper+1971=1',
  '2031-05-06T07:08:09.149,7,GET /create_account',
  `${request} 200, result: a+1999, 65 ms`,
  `${request} 200, result: a+1999, b++c+2001, 65 ms`,
  `${request} 0, result: java.net.ConnectException: Connection refused: a/192.0.2.1:8082, 25 ms`,
  `${request} 0, result: anything at all, with commas, 25 ms`,
])('good: %s', (line) => {
  expect(keepsTheRules(line, 5)).toBe(true);
});

test.each([
  ['no comma', '2031-05-06T07:08:09'],
  ['space in the day', watch.replace('-06', '-0 6')],
  ['letter in the hour', watch.replace('T07', 'T0X7')],
  ['digit in the month', watch.replace('-05-', '-105-')],
  ['month 13', watch.replace('-05-', '-13-')],
  ['30 February', watch.replace('05-06', '02-30')],
  ['29 February of a common year', watch.replace('05-06', '02-29')],
  ['hour 24', watch.replace('T07', 'T24')],
  ['second 60', watch.replace(':09', ':60')],
  ['fraction of four digits', watch.replace(':09', ':09.1234')],
  ['five digits of year', `1${watch}`],
  ['user out of range', watch.replace(',614', ',6597125')],
  ['user 0', watch.replace(',614', ',0')],
  ['letter in the user', watch.replace('614', '6N14')],
  ['space after the user', watch.replace('614', '614 ')],
  ['verb', watch.replace('GET', 'GZET')],
  ['path', watch.replace('/m/', '/5m/')],
  ['space in the movie', watch.replace('quiet', 'qui et')],
  ['capital in the movie', watch.replace('quiet', 'quiEt')],
  ['letter in the year', watch.replace('2004', '200R4')],
  ['movie replaced', watch.replace('the+quiet+dune+2004', 'aDdjc1gioFamIk7')],
  ['space before the minute', watch.replace('/20', '/ 20')],
  ['minute out of range', watch.replace('/20', '/2001')],
  ['suffix', watch.replace('.mpg', '.mHpg')],
  ['character at the end', `${watch}x`],
  ['rating 6', '2031-05-06T07:08,614,GET /rate/a+1999=6'],
  ['rating 15', '2031-05-06T07:08,614,GET /rate/a+1999=15'],
  ['rating 0', '2031-05-06T07:08,614,GET /rate/a+1999=0'],
  ['space in the account line', '2031-05-06T07:08,614,GET /create_ account'],
  ['status 2005', `${request} 2005, result: a+1999, 65 ms`],
  ['letter in the list', `${request} 200, result: a+1999, b+20B01, 65 ms`],
  ['space in the list', `${request} 200, result: a+1999,  b+2001, 65 ms`],
  ['letter in the latency', `${request} 200, result: a+1999, 6x5 ms`],
  ['letter in result', `${request} 200, resXult: a+1999, 65 ms`],
  ['space in the server', `${request.replace('team', 'te am')} 200, result: a+1999, 65 ms`],
])('bad: %s', (_name, line) => {
  expect(keepsTheRules(line, 5)).toBe(false);
});

test('the rating scale is a setting', () => {
  expect(keepsTheRules('2031-05-06T07:08,614,GET /rate/a+1999=10', 10)).toBe(true);
  expect(keepsTheRules('2031-05-06T07:08,614,GET /rate/a+1999=11', 10)).toBe(false);
});
