import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findProgram } from './find-programs.ts';
import type { NativeServer } from './native-server.ts';
import { isFree } from './process/kept-ports.ts';
import { markedProcesses } from './process/process-identity.ts';
import { nativeServerNames } from './server-name.ts';
import { firstAnswer } from './servers/first-answer.ts';
import { startNativeServer, startNativeServers } from './start-servers.ts';
import { installedServers } from './testing/installed-servers.ts';
import { temporaryFolders } from './testing/temporary-folder.ts';

const newFolder = temporaryFolders();
const installed = await installedServers();
const portOf = (server: NativeServer): number => Number(new URL(server.url).port);

if (process.env.REQUIRE_REAL === '1') {
  test('every real server is installed, as REQUIRE_REAL=1 demands', () => {
    expect([...installed]).toEqual(nativeServerNames);
  });
}

/** Those of the ports kept for a server on which somebody listens. */
async function takenPorts(folder: string): Promise<number[]> {
  const kept = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')) as Record<string, number>;
  const ports = Object.values(kept);
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => !free[index]);
}

describe.each([...nativeServerNames])('%s', (name) => {
  describe.runIf(installed.has(name))('is a server of our own', () => {
    // A space in the path, since people have such folders.
    let home = '';
    let server: NativeServer;
    const folder = () => join(home, name);

    beforeAll(async () => {
      home = realpathSync(mkdtempSync(join(tmpdir(), 'reelay native ')));
      server = await startNativeServer(name, { home });
    });
    afterAll(async () => {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    });

    test('it answers on its port, and its folder is closed to others', async () => {
      expect(server.pid).toBeGreaterThan(0);
      expect(await isFree(portOf(server))).toBe(false);
      expect(statSync(folder()).mode & 0o077).toBe(0);
    });

    test('killed, it is gone, and started again it has the same address and another process', async () => {
      const before = { pid: server.pid, url: server.url };
      await server.kill();
      expect(markedProcesses(folder())).toEqual([]);
      expect(await takenPorts(folder())).toEqual([]);
      await server.start();
      expect(server.url).toBe(before.url);
      expect(server.pid).not.toBe(before.pid);
      expect(await isFree(portOf(server))).toBe(false);
    }, 90_000);

    test('stopped, it leaves no process and no listener, and a second stop does nothing', async () => {
      expect(await takenPorts(folder())).not.toEqual([]);
      await server.stop();
      await server.stop();
      expect(server.pid).toBe(0);
      expect(markedProcesses(folder())).toEqual([]);
      expect(await takenPorts(folder())).toEqual([]);
    }, 60_000);

    test('stopped while it starts, it is not there afterwards', async () => {
      const failed = expect(server.start()).rejects.toMatchObject({ code: 'SERVER_NOT_STARTED' });
      await new Promise((resolve) => setImmediate(resolve));
      await server.stop();
      await failed;
      expect(markedProcesses(folder())).toEqual([]);
    }, 60_000);
  });
});

async function aRedis(home = newFolder()): Promise<NativeServer> {
  const redis = await startNativeServer('redis', { home });
  onTestFinished(() => redis.stop());
  return redis;
}

const ask = async (server: NativeServer, command: string) =>
  (await firstAnswer(portOf(server), `${command}\r\n`)).toString().trim();

describe.runIf(installed.has('redis'))('redis', () => {
  test('what was written stays after a clean stop', async () => {
    const redis = await aRedis();
    expect(await ask(redis, 'SET movie 42')).toBe('+OK');
    await redis.stop();
    await redis.start();
    expect(await ask(redis, 'GET movie')).toBe('$2\r\n42');
  });

  test('paused, it takes connections and answers nothing; resumed, it answers', async () => {
    const redis = await aRedis();
    redis.pause();
    const socket = connect(portOf(redis), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('PING\r\n');
    expect(await ask(redis, 'PING')).toBe('');
    redis.resume();
    expect(await ask(redis, 'PING')).toBe('+PONG');
  });

  test('a paused server can be stopped', async () => {
    const redis = await aRedis();
    redis.pause();
    await redis.stop();
    expect(redis.pid).toBe(0);
  });

  test('a second start on the same folder takes the place of the first', async () => {
    const home = newFolder();
    const first = await aRedis(home);
    const pid = first.pid;
    const second = await aRedis(home);
    expect(second.url).toBe(first.url);
    expect(second.pid).not.toBe(pid);
    expect(markedProcesses(join(home, 'redis')).map((one) => one.pid)).toEqual([second.pid]);
  });

  test('a server that cannot start says so with its own words, and leaves nothing', async () => {
    const home = newFolder();
    mkdirSync(join(home, 'redis', 'data'), { recursive: true });
    writeFileSync(join(home, 'redis', 'data', 'appendonlydir'), 'not a folder');
    const start = startNativeServers(['redis'], { home });
    await expect(start).rejects.toMatchObject({ code: 'SERVER_NOT_STARTED', message: /appendonlydir/ });
    expect(markedProcesses(join(home, 'redis'))).toEqual([]);
  });
});

describe.runIf(installed.has('mariadb'))('mariadb', () => {
  test('its user reaches the database by the URL, also after a kill; a wrong password and the superuser do not', async () => {
    const home = newFolder();
    const server = await startNativeServer('mariadb', { home });
    onTestFinished(() => server.stop());
    const { username, password, pathname } = new URL(server.url);
    const query = (user: string, secret: string, sql: string) =>
      spawnSync(
        findProgram('mariadb') ?? '',
        ['--no-defaults', '-h127.0.0.1', `-P${portOf(server)}`, `-u${user}`, '-N', '-e', sql, pathname.slice(1)],
        { env: { ...process.env, MYSQL_PWD: secret }, encoding: 'utf8' },
      );
    expect(query(username, password, 'create table seen (movie int); insert into seen values (42)').status).toBe(0);
    await server.kill();
    await server.start();
    expect(query(username, password, 'select movie from seen').stdout.trim()).toBe('42');
    expect(query(username, 'guess', 'select 1').status).not.toBe(0);
    expect(query('root', '', 'select 1').status).not.toBe(0);
    expect(statSync(join(home, 'mariadb', 'password')).mode & 0o777).toBe(0o600);
  }, 60_000);
});
