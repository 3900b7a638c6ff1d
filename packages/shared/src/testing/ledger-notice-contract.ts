import { expect, test } from 'vitest';
import type { OpenedLedger } from './ledger-contract.ts';

const aNotice = (key: string, createdAt: number) => ({ key, body: `{"text":"${key} – 漢字"}`, createdAt });

/** What messages to people may rely on. */
export function ledgerNoticeContract(opened: OpenedLedger): void {
  test('a message is kept once, for everybody, until it is told and afterwards', async () => {
    const { ledger } = opened;
    const another = await opened.another();
    expect(await ledger.addNotice(aNotice('plan-1', 1_714_521_600_000))).toBe(true);
    expect(await another.addNotice({ ...aNotice('plan-1', 5), body: 'another' })).toBe(false);
    await ledger.setNoticeTold('plan-1', 1_714_521_600_500);
    await ledger.setNoticeTold('plan-1', 1_714_521_999_999);
    await ledger.setNoticeTold('of nobody', 7);
    const told = { ...aNotice('plan-1', 1_714_521_600_000), toldAt: 1_714_521_600_500 };
    expect(await another.notices(10)).toEqual([told]);
  });

  test('the newest messages are read, oldest first', async () => {
    const { ledger } = opened;
    for (const [at, key] of ['c', 'a', 'b'].entries()) await ledger.addNotice(aNotice(key, 10 + at));
    expect((await ledger.notices(2)).map(({ key, toldAt }) => [key, toldAt])).toEqual([
      ['a', null],
      ['b', null],
    ]);
  });
}
