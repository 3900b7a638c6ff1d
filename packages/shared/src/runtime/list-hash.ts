import { hash } from 'node:crypto';

/**
 * Names what a user was answered: the first 48 bits of SHA-256 over user id and list, ids joined by `,`. Gateway and log see the same list,
 * so a receipt and the log's line of it find each other without a common clock or id.
 */
export const listHash = (userId: number, list: string): number =>
  Number.parseInt(hash('sha256', `${userId} ${list}`, 'hex').slice(0, 12), 16);
