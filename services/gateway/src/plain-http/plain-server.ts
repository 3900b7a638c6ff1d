import { Server } from 'node:http';
import type { Socket } from 'node:net';
import { PlainConnection, type PlainConnectionDeps, type PlainTimes } from './plain-connection.ts';

type TakeConnection = (this: Server, socket: Socket) => void;

/** Node's HTTP server, with plain connections in front of it: it gets those that turn out to need it. */
export class PlainServer extends Server {
  readonly #plain = new Set<PlainConnection>();

  /** Before it listens. */
  servePlain({ times, ...answering }: Pick<PlainConnectionDeps, 'serve' | 'refuse'> & { times: PlainTimes }): void {
    // The one of `http`: it puts its parser on a connection.
    const [takeByNode] = this.listeners('connection') as [TakeConnection];
    const deps: PlainConnectionDeps = {
      ...answering,
      isEnding: () => !this.listening,
      onGone: (connection) => this.#plain.delete(connection),
      handOver: (socket, bytes) => {
        takeByNode.call(this, socket);
        socket.emit('data', bytes);
      },
    };
    this.removeAllListeners('connection');
    this.on('connection', (socket: Socket) => this.#plain.add(new PlainConnection(socket, deps, times)));
  }

  override closeIdleConnections(): void {
    for (const connection of this.#plain) if (connection.isIdle) connection.destroy();
    super.closeIdleConnections();
  }

  override closeAllConnections(): void {
    for (const connection of this.#plain) connection.destroy();
    super.closeAllConnections();
  }
}
