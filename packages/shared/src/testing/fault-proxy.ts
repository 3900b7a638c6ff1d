import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * `pass` carries bytes; `down` refuses and cuts; `blackhole` accepts and swallows, in both directions, without a word;
 * `{ latencyMs }` carries each piece that much later.
 */
export type FaultMode = 'pass' | 'down' | 'blackhole' | { latencyMs: number };

export interface FaultProxy {
  /** The address of the server with the proxy's port. */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now, and pieces carried to the server since the start. */
  readonly connections: number;
  readonly piecesToServer: number;
  /** Pieces that a black hole took, of either direction. */
  readonly piecesSwallowed: number;
  /** `down` cuts what is open; the bytes that a black hole swallowed are lost, so its connections are cut at `heal`. */
  set(mode: FaultMode): void;
  /** Cuts what is open, without a goodbye; new connections are as the mode says. */
  cut(): void;
  /** Says something to every client in the server's name; when nothing is under way, it stands between two frames. */
  sayToClients(bytes: Uint8Array): void;
  /** `pass`, without what a black hole has damaged. */
  heal(): void;
  close(): Promise<void>;
}

/** A TCP proxy before a real server, that fails on demand. Listens on a free port of the loopback. */
export async function openFaultProxy(serverUrl: string): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const proxy = new FaultyRelay(target.hostname, Number(target.port));
  await proxy.listen();
  target.hostname = '127.0.0.1';
  target.port = String(proxy.port);
  return Object.assign(proxy, { url: target.href });
}

interface Pair {
  client: Socket;
  server: Socket;
  /** Bytes of it were swallowed. */
  damaged: boolean;
}

class FaultyRelay {
  readonly #host: string;
  readonly #serverPort: number;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #mode: FaultMode = 'pass';
  piecesToServer = 0;
  piecesSwallowed = 0;

  constructor(host: string, serverPort: number) {
    this.#host = host;
    this.#serverPort = serverPort;
    this.#listener = createServer((client) => this.#accept(client));
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
  }

  set(mode: FaultMode): void {
    this.#mode = mode;
    if (mode === 'down') this.cut();
  }

  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  sayToClients(bytes: Uint8Array): void {
    for (const { client } of this.#pairs) client.write(bytes);
  }

  heal(): void {
    this.#mode = 'pass';
    for (const pair of this.#pairs) if (pair.damaged) this.#end(pair);
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#listener.close(() => resolve()));
  }

  #accept(client: Socket): void {
    if (this.#mode === 'down') return void client.resetAndDestroy();
    const pair: Pair = { client, server: connect(this.#serverPort, this.#host), damaged: false };
    this.#pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}).on('close', () => this.#end(pair));
    }
    client.on('data', (bytes) => this.#carry(pair, pair.server, bytes, () => this.piecesToServer++));
    pair.server.on('data', (bytes) => this.#carry(pair, client, bytes, () => {}));
  }

  #carry(pair: Pair, to: Socket, bytes: Buffer, carried: () => void): void {
    if (this.#mode === 'blackhole') {
      pair.damaged = true;
      this.piecesSwallowed++;
      return;
    }
    const write = (): void => {
      if (to.destroyed) return;
      carried();
      to.write(bytes);
    };
    if (typeof this.#mode === 'object') setTimeout(write, this.#mode.latencyMs);
    else write();
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.server.destroy();
  }
}
