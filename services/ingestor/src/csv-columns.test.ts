import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvField, csvHeader, csvLines } from './csv-columns.ts';

test.each(['=1+1', '+1', '-saw+1999', '@x', "'quoted"])('%s is no formula', (text) => {
  expect(csvField(text)).toBe(`'${text}`);
});

test('any text without a formula comes back through another reader of RFC 4180', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 }), (fields) => {
      const text = `${fields.map((field) => csvField(field)).join(',')}\r\n`;
      const [back] = parse(text, { relax_column_count: true, record_delimiter: '\r\n' });
      expect(back.map((field) => (field.startsWith("'") ? field.slice(1) : field))).toEqual(fields);
    }),
  );
});

test('a file reads as a table with names, times and movies', () => {
  const rows = [{ userId: 5, itemId: 3, time: 86_400, rating: 4 }];
  expect(csvHeader('ratings') + csvLines('ratings', rows, () => '-saw+1999')).toBe(
    "time,user_id,movie_id,rating,item_id\r\n1970-01-02T00:00:00Z,5,'-saw+1999,4,3\r\n",
  );
});
