import type { Socket } from 'node:net';
import type { SeededRandom } from './chaos/index.ts';
import type { FaultMode } from './fault-mode.ts';

export interface CarryDeps {
  from: Socket;
  to: Socket;
  mode(): FaultMode;
  random: SeededRandom;
  /** From the server to the client. */
  answers: boolean;
  /** Bytes that may still pass until the connection is reset. */
  allowance(mode: { resetAfterBytes: number }, bytes: number): number;
  onCarried(): void;
  onSwallowed(): void;
  onSpoilt(): void;
  onUsedUp(): void;
}

/** `undefined` is the end of the stream. */
type Piece = Buffer | undefined;

/** One direction of a connection. Whatever the mode was and is, pieces leave in the order in which they came. */
export class PieceCarrier {
  readonly #deps: CarryDeps;
  readonly #waiting: { piece: Piece; dueAt: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: CarryDeps) {
    this.#deps = deps;
    deps.from.on('data', (bytes) => this.#take(bytes)).on('end', () => this.#take(undefined));
    deps.from.on('close', () => this.#stopIfGone());
    deps.to.on('drain', () => deps.from.resume());
  }

  #take(piece: Piece): void {
    const mode = this.#deps.mode();
    if (mode === 'blackhole') return this.#deps.onSwallowed();
    if (mode === 'rubbish' && this.#deps.answers && piece !== undefined) return this.#spoil(piece);
    if (typeof mode !== 'object' || piece === undefined) return this.#enqueue(piece, 0);
    if ('latencyMs' in mode) this.#enqueue(piece, this.#latency(mode));
    else if ('sliceBytes' in mode) this.#slice(piece, Math.max(1, mode.sliceBytes));
    else this.#carryAllowed(piece, mode);
  }

  #spoil(piece: Buffer): void {
    this.#deps.onSpoilt();
    const rubbish = Array.from(piece, () => Math.floor(this.#deps.random.next() * 256));
    this.#enqueue(Buffer.from(rubbish), 0);
  }

  #latency({ latencyMs, jitterMs = 0 }: { latencyMs: number; jitterMs?: number }): number {
    return latencyMs + this.#deps.random.next() * jitterMs;
  }

  #slice(piece: Buffer, sliceBytes: number): void {
    for (let first = 0; first < piece.length; first += sliceBytes)
      this.#enqueue(piece.subarray(first, first + sliceBytes), 1);
  }

  #carryAllowed(piece: Buffer, mode: { resetAfterBytes: number }): void {
    const allowed = this.#deps.allowance(mode, piece.length);
    if (allowed > 0) this.#enqueue(piece.subarray(0, allowed), 0);
    if (allowed === piece.length) return;
    // Its own write must have left before the reset, which drops what is still here.
    setImmediate(() => this.#deps.onUsedUp());
  }

  /** A piece without delay goes at once when none waits before it. */
  #enqueue(piece: Piece, afterMs: number): void {
    const { to, from } = this.#deps;
    if (afterMs === 0 && this.#waiting.length === 0) return this.#write(piece);
    this.#waiting.push({ piece, dueAt: performance.now() + afterMs });
    if (!to.destroyed && this.#waiting.length > 10_000) from.pause();
    this.#arm();
  }

  #arm(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#writeFirst(), Math.max(0, first.dueAt - performance.now()));
  }

  #writeFirst(): void {
    this.#timer = undefined;
    const first = this.#waiting.shift();
    if (first !== undefined) this.#write(first.piece);
    if (this.#waiting.length === 0) this.#deps.from.resume();
    this.#arm();
  }

  #write(piece: Piece): void {
    const { from, to, onCarried } = this.#deps;
    if (to.destroyed || to.writableEnded) return;
    if (piece === undefined) return void to.end();
    onCarried();
    if (!to.write(piece)) from.pause();
  }

  #stopIfGone(): void {
    if (this.#deps.to.destroyed) clearTimeout(this.#timer);
  }
}
