import type { Migration } from './migration.ts';

/**
 * One index by user and list instead of one by each. Users and lists come in no order, so every receipt changes a page of such an index, which is
 * written to the log and to the file again: two of them were two thirds of what a receipt cost. Who looks for a list knows its user.
 */
export const receiptsByUser: Migration = {
  version: 12,
  name: 'receipts by user and list',
  statements: ({ droppedIndex }) => [
    'create index receipts_by_user_list on receipts (user_id, list_hash, time_ms)',
    droppedIndex('receipts', 'receipts_by_user'),
    droppedIndex('receipts', 'receipts_by_list'),
  ],
};
