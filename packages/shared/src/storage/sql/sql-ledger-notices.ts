import type { NoticeLedger, StoredNotice } from '../notice-ledger.ts';
import { UniqueViolation, type RowTable, type SqlDatabase } from './sql-database.ts';

const noticeTable: RowTable<Omit<StoredNotice, 'toldAt'>> = {
  name: 'notices',
  columns: ['notice_key', 'body', 'created_at'],
  keyLength: 1,
  values: (notice) => [notice.key, notice.body, notice.createdAt],
};

export const createNoticeLedger = (database: SqlDatabase): NoticeLedger => ({
  async addNotice(notice) {
    try {
      await database.insert(noticeTable, [notice]);
      return true;
    } catch (error) {
      if (error instanceof UniqueViolation) return false;
      throw error;
    }
  },
  async setNoticeTold(key, at) {
    await database.run('update notices set told_at = ? where notice_key = ? and told_at is null', [at, key]);
  },
  async notices(limit) {
    const newestFirst = await database.all<StoredNotice>(
      `select notice_key as "key", body, created_at as createdAt, told_at as toldAt
        from notices order by created_at desc, notice_key desc limit ${Math.trunc(limit)}`,
    );
    return newestFirst.toReversed();
  },
});
