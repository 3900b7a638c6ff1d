export * from './artifact-store.ts';
export * from './job-ledger.ts';
export * from './ledger.ts';
export * from './open.ts';
export * from './receipt-ledger.ts';
export * from './rows.ts';
export * from './truth-ledger.ts';
export * from './upkeep-ledger.ts';
