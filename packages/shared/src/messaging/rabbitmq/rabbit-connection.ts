import type { Socket } from 'node:net';
import { connect, type Channel, type ChannelModel, type ConfirmChannel, type RecoveringChannelModel } from 'amqplib';
import { messageOf, within } from '../../runtime/index.ts';
import type { Report } from '../listeners.ts';
import { gatherWrites } from './gather-writes.ts';
import { GuardedConnection } from './guarded-connection.ts';

const setupMs = 3_000;
const closeMs = 700;
const rebuildAfterMs = 100;

/** What a connection carries: made on every new connection, and anew when it breaks on a living one. */
export interface ConnectionPart {
  open(model: ChannelModel): Promise<void>;
}

/**
 * A connection that comes back by itself, with its parts. Down from the moment the broker closes or blocks it.
 *
 * amqplib's recovery restores the connection only, and not always that: see `GuardedConnection`.
 */
export class RabbitConnection {
  readonly #parts = new Set<ConnectionPart>();
  readonly #report: (message: string) => void;
  #recovering: RecoveringChannelModel | undefined;
  /** The connection that is set up; the latest one may still be on its way there. */
  #model: ChannelModel | null = null;
  #latest: ChannelModel | null = null;
  #blocked = false;

  constructor(report: Report | undefined) {
    this.#report = (message) => report?.({ port: 'queue', code: 'QUEUE_DOWN', message });
  }

  isUp(): boolean {
    return this.#model !== null && !this.#blocked;
  }

  isCurrent(model: ChannelModel): boolean {
    return this.#model === model;
  }

  /** Starts connecting and resolves at once; `add` parts before. */
  async start(url: string): Promise<void> {
    const recovery = { initialDelay: 100, maxDelay: 1_000, waitForConnect: false, setup: this.#setUp };
    // Without noDelay every small frame may wait 40 ms for the one before it.
    this.#recovering = await connect(withHeartbeat(url), { timeout: 2_000, noDelay: true, keepAlive: true, recovery });
    this.#recovering.on('error', (error) => this.#report(error.message));
    this.#recovering.on('connect-failed', (error) => this.#report(error.message));
    this.#recovering.on('disconnect', (error) => this.#report(error.message));
    this.#recovering.on('handler-error', (error: Error) => this.#report(error.message));
  }

  /** The part is made on the living connection, if there is one, and on every later one. */
  async add(part: ConnectionPart): Promise<void> {
    this.#parts.add(part);
    const model = this.#model;
    if (model)
      await within(setupMs, 'making a channel', part.open(model), 'QUEUE_DOWN').catch(() => this.remake(part, model));
  }

  remove(part: ConnectionPart): void {
    this.#parts.delete(part);
  }

  /** Makes a part again that broke, as long as its connection lives. */
  remake(part: ConnectionPart, model: ChannelModel): void {
    setTimeout(() => {
      if (!this.isCurrent(model) || !this.#parts.has(part)) return;
      within(setupMs, 'making a channel again', part.open(model), 'QUEUE_DOWN').catch((error: unknown) => {
        this.#report(messageOf(error));
        this.remake(part, model);
      });
    }, rebuildAfterMs);
  }

  /** Settles when it is up for the first time, or after `ms`. */
  async firstUp(ms: number): Promise<void> {
    const first: Promise<unknown> = this.#recovering?.waitForConnect() ?? Promise.resolve();
    await within(ms, 'connecting', first).catch(() => {});
  }

  /** Closes it; a broker that does not answer is not waited for. */
  async close(): Promise<void> {
    this.#parts.clear();
    await within(closeMs, 'closing', this.#recovering?.close() ?? Promise.resolve()).catch(() => destroy(this.#latest));
    this.#model = null;
  }

  readonly #setUp = async (model: ChannelModel): Promise<void> => {
    const guarded = new GuardedConnection(model, () => {
      if (this.#model === model) this.#model = null;
    });
    this.#latest = model;
    const socket = socketOf(model);
    if (socket) gatherWrites(socket);
    model.on('handler-error', (error) => this.#report(error.message));
    model.on('blocked', () => (this.#blocked = true));
    model.on('unblocked', () => (this.#blocked = false));
    this.#blocked = false;
    await guarded.setUp(() => this.#openParts(model, guarded), setupMs);
  };

  /** Parts may be added while others are made; the connection counts as up when all are. */
  async #openParts(model: ChannelModel, guarded: GuardedConnection): Promise<void> {
    const opened = new Set<ConnectionPart>();
    const missing = (): ConnectionPart[] => [...this.#parts].filter((part) => !opened.has(part));
    for (let next = missing(); next.length > 0; next = missing()) {
      await Promise.all(next.map((part) => part.open(model)));
      for (const part of next) opened.add(part);
    }
    if (!guarded.isOver) this.#model = model;
  }
}

/**
 * amqplib waits for the broker's goodbye, with a heartbeat timer that keeps the process; a silent broker says none. The error makes it
 * clear up.
 */
function destroy(model: ChannelModel | null): void {
  if (model) socketOf(model)?.destroy(new Error('the broker did not answer the close'));
}

/** amqplib's types leave out the socket. */
const socketOf = (model: ChannelModel): Socket | undefined =>
  (model.connection as { stream?: Socket } | undefined)?.stream;

interface ChannelOptions<C extends Channel> {
  create: (model: ChannelModel) => Promise<C>;
  /** Declares and starts what the channel is for. */
  build: (channel: C) => Promise<void>;
  onLost?: (channel: C) => void;
  report: Report | undefined;
}

/** One channel of a connection. A broker closes a channel for a mistake and leaves the connection; then it is made anew. */
export class RabbitChannel<C extends Channel = Channel> implements ConnectionPart {
  readonly #connection: RabbitConnection;
  readonly #options: ChannelOptions<C>;
  #channel: C | null = null;

  constructor(connection: RabbitConnection, options: ChannelOptions<C>) {
    this.#connection = connection;
    this.#options = options;
  }

  /** The living channel; null from the moment it is gone. */
  get current(): C | null {
    return this.#channel;
  }

  async open(model: ChannelModel): Promise<void> {
    const { create, build, report } = this.#options;
    const channel = await create(model);
    let alive = true;
    const problem = (error: Error): void => report?.({ port: 'queue', code: 'QUEUE_DOWN', message: error.message });
    channel.on('error', problem);
    channel.on('handler-error', problem);
    channel.once('close', () => {
      alive = false;
      this.#lost(model, channel);
    });
    await build(channel);
    if (alive) this.#channel = channel;
  }

  /** Not made again from now on. */
  retire(): void {
    this.#connection.remove(this);
  }

  async close(): Promise<void> {
    const channel = this.#channel;
    this.retire();
    this.#channel = null;
    if (channel) await within(closeMs, 'closing a channel', channel.close()).catch(() => {});
  }

  #lost(model: ChannelModel, channel: C): void {
    const wasCurrent = this.#channel === channel;
    if (wasCurrent) this.#channel = null;
    this.#options.onLost?.(channel);
    // A channel that closes while it is built fails its build, and whoever builds it tries again.
    if (wasCurrent) this.#connection.remake(this, model);
  }
}

export const plainChannel = (model: ChannelModel): Promise<Channel> => model.createChannel();
export const confirmChannel = (model: ChannelModel): Promise<ConfirmChannel> => model.createConfirmChannel();

/** A dead peer is found by heartbeat only: the broker's default takes minutes. */
function withHeartbeat(url: string): string {
  const full = new URL(url);
  if (!full.searchParams.has('heartbeat')) full.searchParams.set('heartbeat', '5');
  return full.href;
}
