import type { Provenance, Receipt } from '@reelay/shared/contracts';
import { aReceipt, aRequestId } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { listAnswers } from './list-answers.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
/** Three a second, of which two come in the same millisecond. */
const kept = Array.from({ length: 30 }, (_, at): Receipt => {
  const timeMs = nowMs - 30_000 + Math.floor(at / 3) * 1_000 + (at % 3 === 2 ? 1 : 0);
  return aReceipt(at, { userId: 42, timeMs, requestId: aRequestId(at, timeMs) });
});
const asked: [number, number, number][] = [];
const ledger = {
  async receiptsOf(userId: number, fromMs: number, toMs: number, limit: number) {
    asked.push([userId, fromMs, toMs]);
    return kept.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs).slice(0, limit);
  },
};
const explain = async ({ requestId }: Receipt) => ({ requestId }) as Provenance;
const list = (query: string) => listAnswers(42, query, { ledger, explain, nowMs });
const idsOf = ({ answers }: { answers: Provenance[] }) => answers.map(({ requestId }) => requestId);
const all = kept.map(({ requestId }) => requestId);

test('without times it is the last day', async () => {
  expect(idsOf(await list(''))).toEqual(all);
  expect(asked.at(-1)).toEqual([42, nowMs - 86_400_000, nowMs]);
});

test.each([
  ['from=2026-11-21', '2026-11-21', undefined],
  ['from=2026-11-21T10:00&to=2026-11-21T11:30', '2026-11-21T10:00Z', '2026-11-21T11:30Z'],
  ['from=2026-11-21T10:00:30%2B01:00', '2026-11-21T10:00:30+01:00', undefined],
  ['from=2026-11-21T10:00:30+01:00', '2026-11-21T10:00:30+01:00', undefined],
  ['from=2026-11-21T10:00:00.250Z', '2026-11-21T10:00:00.250Z', undefined],
  ['to=2026-11-20', '2026-11-19', '2026-11-20'],
])('%s', async (query, from, to) => {
  await list(query);
  expect(asked.at(-1)).toEqual([42, Date.parse(from), to === undefined ? nowMs : Date.parse(to)]);
});

test.each([1, 2, 3, 7, 29, 30, 31])('pages of %d give every answer once, in order', async (limit) => {
  const ids: string[] = [];
  let [next, pages]: [string | null, number] = [null, 0];
  do {
    const page = await list(`limit=${limit}${next ? `&after=${next}` : ''}`);
    ids.push(...idsOf(page));
    next = page.next;
    pages += 1;
  } while (next !== null && pages < 100);
  expect(ids).toEqual(all);
  expect(pages).toBe(Math.ceil(30 / limit));
});

test.each([
  ['from=yesterday', 'from: is no time'],
  ['from=2026-13-45', 'from: is no time of any day'],
  ['from=2026-02-30', 'from: is no time of any day'],
  ['limit=0', 'limit: '],
  ['limit=201', 'limit: '],
  ['limit=many', 'limit: is no whole number'],
  ['after=1', 'after: is no `next`'],
  ['until=2026-11-21', 'the parameters are from, to, limit, after'],
])('%s is refused by name', async (query, text) => {
  await expect(list(query)).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringContaining(text) });
});
