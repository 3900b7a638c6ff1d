import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';

export interface TemporaryDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A new, empty database beside the one that `serverUrl` names; its user must be allowed to make it. */
export async function createTemporaryDatabase(serverUrl: string): Promise<TemporaryDatabase> {
  const name = `reelay_test_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(serverUrl, `drop database if exists ${name}`) };
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  const { hostname, port, username, password } = new URL(serverUrl);
  const connection = await createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    flags: ['-LOCAL_FILES'],
  });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
