import { hash } from 'node:crypto';

/** First 16 hex digits of the SHA-256 of a line: its identity where a position is none. */
export const lineHash = (line: Uint8Array): string => hash('sha256', line, 'hex').slice(0, 16);
