export * from './real-servers.ts';
