import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { PieceCarrier, type CarryDeps } from './carry-pieces.ts';
import { createSeededRandom } from './chaos/index.ts';
import type { FaultMode } from './fault-mode.ts';

export interface FaultProxy {
  /** The address of the server with the proxy's port. */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now, and pieces carried to the server since the start. */
  readonly connections: number;
  readonly piecesToServer: number;
  /** Pieces that a black hole took, of either direction. */
  readonly piecesSwallowed: number;
  /** Answers of the server in whose place came rubbish. */
  readonly piecesSpoilt: number;
  /** Connections that ran out of their `resetAfterBytes`. */
  readonly resets: number;
  /** `down` cuts what is open; what a black hole swallowed and what was spoilt is lost, so those connections are cut at `heal`. */
  set(mode: FaultMode): void;
  /** Cuts what is open, without a goodbye; new connections are as the mode says. */
  cut(): void;
  /** Tells every client that the server says no more, while what the client says is still carried. */
  halfClose(): void;
  /** Says something to every client in the server's name; when nothing is under way, it stands between two frames. */
  sayToClients(bytes: Uint8Array): void;
  /** `pass`, without what was damaged. */
  heal(): void;
  close(): Promise<void>;
}

/** A TCP proxy before a real server, that fails on demand. Listens on a free port of the loopback. */
export async function openFaultProxy(serverUrl: string, { seed = 1 }: { seed?: number } = {}): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const proxy = new FaultyRelay(target.hostname, Number(target.port), seed);
  await proxy.listen();
  target.hostname = '127.0.0.1';
  target.port = String(proxy.port);
  return Object.assign(proxy, { url: target.href });
}

interface Pair {
  client: Socket;
  server: Socket;
  /** Bytes of it were swallowed or spoilt. */
  damaged: boolean;
  /** Bytes that were let through since it must end after some. */
  counted: number;
}

class FaultyRelay {
  readonly #host: string;
  readonly #serverPort: number;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  readonly #random;
  #mode: FaultMode = 'pass';
  piecesToServer = 0;
  piecesSwallowed = 0;
  piecesSpoilt = 0;
  resets = 0;

  constructor(host: string, serverPort: number, seed: number) {
    this.#host = host;
    this.#serverPort = serverPort;
    this.#random = createSeededRandom(seed);
    this.#listener = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
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
    for (const pair of this.#pairs) pair.counted = 0;
    if (mode === 'down') this.cut();
  }

  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  halfClose(): void {
    for (const { client } of this.#pairs) client.end();
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
    const server = connect({ port: this.#serverPort, host: this.#host, allowHalfOpen: true });
    const pair: Pair = { client, server, damaged: false, counted: 0 };
    this.#pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}).on('close', (failed) => this.#closed(pair, failed));
    }
    this.#carry(pair, { from: client, to: server, answers: false, onCarried: () => this.piecesToServer++ });
    this.#carry(pair, { from: server, to: client, answers: true, onCarried: () => {} });
  }

  #carry(pair: Pair, way: Pick<CarryDeps, 'from' | 'to' | 'answers' | 'onCarried'>): PieceCarrier {
    return new PieceCarrier({
      ...way,
      mode: () => this.#mode,
      random: this.#random,
      allowance: ({ resetAfterBytes }, bytes) => {
        const allowed = Math.min(bytes, Math.max(0, resetAfterBytes - pair.counted));
        pair.counted += allowed;
        return allowed;
      },
      onSwallowed: () => {
        pair.damaged = true;
        this.piecesSwallowed++;
      },
      onSpoilt: () => {
        pair.damaged = true;
        this.piecesSpoilt++;
      },
      onUsedUp: () => {
        if (this.#end(pair)) this.resets++;
      },
    });
  }

  /** One side that failed takes the other with it; one that both ended in peace lets the other finish. */
  #closed(pair: Pair, failed: boolean): void {
    const { client, server } = pair;
    if (failed || (client.destroyed && server.destroyed)) this.#end(pair);
  }

  /** False when it was over already. */
  #end(pair: Pair): boolean {
    if (!this.#pairs.delete(pair)) return false;
    pair.client.resetAndDestroy();
    pair.server.destroy();
    return true;
  }
}
