export * from './real-servers.ts';
export * from './lifecycle-contract.ts';
