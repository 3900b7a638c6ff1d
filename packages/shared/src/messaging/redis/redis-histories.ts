import { historyMax, type HistoryEntry, type HistoryEvent, type UserHistory } from '../../contracts/index.ts';
import { AppError } from '../../runtime/index.ts';
import { wantedMax, type Histories, type HistoryVersion } from '../histories.ts';
import { byUser } from '../history-join.ts';
import type { OpenOptions } from '../open.ts';
import { mergeScript, wantScript } from './history-script.ts';
import { openCommands, type RedisCommands } from './redis-client.ts';
import { historyOf, readStored, rebuiltField, versionField, versionOf } from './read-history.ts';
import { runScript } from './redis-script.ts';
import type { ReplyReader } from './reply-reader.ts';

const integer = (reply: ReplyReader): number => reply.integer();
const status = (reply: ReplyReader): string => reply.status();
const texts = (reply: ReplyReader): (string | null)[] => reply.texts();

/** Events merged in one script and in one trip, users marked in one trip: longer ones would keep the store's readers waiting. */
const eventsPerScript = 200;
const eventsPerTrip = 500;
const usersPerTrip = 500;

/** One hash a user and a marker key that says that the store is whole; none of them expires. */
export async function openRedisHistories(url: string, options: OpenOptions = {}): Promise<Histories> {
  return new RedisHistories(await openCommands('histories', url, options));
}

/** `isSet` is null until the answer is here. */
interface Marker {
  isSet: boolean | null;
  known: Promise<boolean>;
}

class RedisHistories implements Histories {
  readonly #commands: RedisCommands;
  #marker: Marker | null = null;

  constructor(commands: RedisCommands) {
    this.#commands = commands;
  }

  isUp(): boolean {
    return this.#commands.isUp();
  }

  async merge(events: HistoryEvent[]): Promise<void> {
    for (const trip of trips(events)) {
      await this.#commands.call('merge histories', (pipe) =>
        Promise.all(
          trip.map(({ userId, events }) =>
            runScript(pipe, mergeScript, this.#userKey(userId), [`${historyMax}`, ...events.flatMap(numbersOf)]),
          ),
        ),
      );
    }
  }

  async read(userIds: number[]): Promise<UserHistory[]> {
    const [complete, stored] = await Promise.all([
      this.#askMarker().known,
      this.#commands.call('read histories', (pipe) =>
        Promise.all(userIds.map((id) => pipe.send(readStored, 'HGETALL', this.#userKey(id)))),
      ),
    ]);
    const histories = userIds.map((userId, at) => historyOf(userId, complete, stored[at]));
    await this.#want(histories.filter(({ state }) => state === 'lost').map(({ userId }) => userId));
    return histories;
  }

  async version(userId: number): Promise<HistoryVersion> {
    const marker = this.#askMarker();
    const read = (reply: ReplyReader): HistoryVersion | null => {
      const [version, rebuilt] = reply.texts();
      // It was asked for before, so its answer is here, or there is none.
      return marker.isSet === null ? null : versionOf(marker.isSet, version ?? undefined, rebuilt ?? undefined);
    };
    const key = this.#userKey(userId);
    const found = await this.#commands.ask('read version', read, 'HMGET', key, versionField, rebuiltField);
    if (found === null) throw new AppError('STORE_DOWN', 'read version: nobody knows whether the store is whole');
    if (found.state === 'lost') await this.#want([userId]);
    return found;
  }

  async isComplete(): Promise<boolean> {
    return (
      (await this.#commands.call('read marker', (pipe) => pipe.send(integer, 'EXISTS', this.#completeKey()))) === 1
    );
  }

  async markComplete(): Promise<void> {
    await this.#commands.call('write marker', (pipe) =>
      Promise.all([pipe.send(status, 'SET', this.#completeKey(), '1'), pipe.send(integer, 'DEL', this.#wantedKey())]),
    );
  }

  async markRebuilt(userIds: number[]): Promise<void> {
    for (const trip of chunks(userIds, usersPerTrip)) {
      await this.#commands.call('mark rebuilt', (pipe) =>
        Promise.all(trip.map((userId) => pipe.send(integer, 'HSET', this.#userKey(userId), rebuiltField, '1'))),
      );
    }
  }

  async takeWanted(limit: number): Promise<number[]> {
    const taken = await this.#commands.call('take wanted', (pipe) =>
      pipe.send(texts, 'SPOP', this.#wantedKey(), `${limit}`),
    );
    return taken.map(Number);
  }

  async close(): Promise<void> {
    this.#commands.close();
  }

  /** Whether the store is whole. Asked for once a turn: all questions of a turn travel together, so one answer is as new for all of them. */
  #askMarker(): Marker {
    if (this.#marker !== null) return this.#marker;
    const read = (reply: ReplyReader): boolean => (marker.isSet = reply.integer() === 1);
    const known = this.#commands.ask('read marker', read, 'EXISTS', this.#completeKey());
    const marker: Marker = { isSet: null, known };
    known.catch(() => {});
    setImmediate(() => (this.#marker = null));
    return (this.#marker = marker);
  }

  /** A wish that is not heard is made again with the next request; it must not fail this one. */
  async #want(userIds: number[]): Promise<void> {
    if (userIds.length === 0) return;
    const wish = this.#commands.call('want histories', (pipe) =>
      Promise.all(
        userIds.map((userId) => runScript(pipe, wantScript, this.#wantedKey(), [`${wantedMax}`, `${userId}`])),
      ),
    );
    await wish.catch(() => {});
  }

  #userKey(userId: number): string {
    return `${this.#commands.namespace}:h:${userId}`;
  }

  #completeKey(): string {
    return `${this.#commands.namespace}:histories:complete`;
  }

  #wantedKey(): string {
    return `${this.#commands.namespace}:histories:wanted`;
  }
}

interface UserEvents {
  userId: number;
  events: HistoryEvent[];
}

/** Events by user, each user's in order, in trips of bounded size. */
function trips(events: HistoryEvent[]): UserEvents[][] {
  const all: UserEvents[][] = [];
  let room = 0;
  for (const [userId, own] of byUser(events)) {
    for (const piece of chunks(own, eventsPerScript)) {
      if (piece.length > room) {
        all.push([]);
        room = eventsPerTrip;
      }
      all.at(-1)?.push({ userId, events: piece });
      room -= piece.length;
    }
  }
  return all;
}

const numbersOf = ({ itemId, minutes, rating, ratedAt, time }: HistoryEntry): string[] =>
  [itemId, minutes, rating, ratedAt, time].map(String);

function chunks<T>(all: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}
