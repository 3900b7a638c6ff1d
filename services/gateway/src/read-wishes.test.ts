import { expect, test } from 'vitest';
import { readWishes } from './read-wishes.ts';

const plainRules = { offset: 0, exclude: [], genres: [], includeSeen: false };

test.each([
  ['', { count: 20 }],
  ['n=5', { count: 5 }],
  ['n=20&seen=exclude', { count: 20 }],
  ['n=21', { count: 21, rules: plainRules }],
  ['offset=20', { count: 20, rules: { ...plainRules, offset: 20 } }],
  [
    'exclude=heat+1995,toy%2Bstory%2B1995',
    { count: 20, rules: { ...plainRules, exclude: ['heat+1995', 'toy+story+1995'] } },
  ],
  [
    'exclude=heat+1995&exclude=alien+1979',
    { count: 20, rules: { ...plainRules, exclude: ['heat+1995', 'alien+1979'] } },
  ],
  ['exclude=am%25C3%25A9lie+2001', { count: 20, rules: { ...plainRules, exclude: ['am%C3%A9lie+2001'] } }],
  ['genre=Science+Fiction,Drama&', { count: 20, rules: { ...plainRules, genres: ['Science Fiction', 'Drama'] } }],
  ['genre=Science%20Fiction', { count: 20, rules: { ...plainRules, genres: ['Science Fiction'] } }],
  ['maxAge=12', { count: 20, rules: { ...plainRules, maxAge: 12 } }],
  ['maxAge=0&n=3', { count: 3, rules: { ...plainRules, maxAge: 0 } }],
  ['diversity=0.3&n=3', { count: 3, rules: { ...plainRules, diversity: 0.3 } }],
  ['reasons=true', { count: 20, rules: { ...plainRules, reasons: true } }],
  ['reasons=false&diversity=0', { count: 20 }],
  ['seen=include&n=3', { count: 3, rules: { ...plainRules, includeSeen: true } }],
])('%s is understood', (query, wishes) => {
  expect(readWishes(query, 20)).toEqual(wishes);
});

test.each([
  ['n=0', /^n: /],
  ['n=201', /^n: /],
  ['n=1e2', /^n: /],
  ['n=', /^n: /],
  ['n=3&n=4', /^n: /],
  ['offset=-1', /^offset: /],
  ['offset=1001', /^offset: /],
  ['exclude=Heat', /^exclude: /],
  [`exclude=${'a+1995,'.repeat(501)}`, /^exclude: /],
  [`genre=${'x'.repeat(51)}`, /^genre: /],
  ['maxAge=121', /^maxAge: /],
  ['maxAge=-1', /^maxAge: /],
  ['maxAge=', /^maxAge: /],
  ['maxAge=12&maxAge=6', /^maxAge: /],
  ['maxage=12', /^the parameters are/],
  ['seen=maybe', /^seen: /],
  ['diversity=1.5', /^diversity: /],
  ['diversity=.3', /^diversity: /],
  ['reasons=yes', /^reasons: /],
  ['ofset=3', /^the parameters are n, offset, exclude, genre, maxAge, seen, diversity, reasons$/],
  ['__proto__=1', /^the parameters are/],
  ['n=%zz', /percent code/],
])('%.30s is refused with a code and the name of what is wrong', (query, message) => {
  expect(() => readWishes(query, 20)).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringMatching(message) }),
  );
});
