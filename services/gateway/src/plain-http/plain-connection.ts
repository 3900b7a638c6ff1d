import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Asking } from '../handle-recommend.ts';
import type { Send } from '../send-answer.ts';
import { PlainRequestReader } from './read-plain-request.ts';

/** Answers a request, at some time and once. */
export type ServePlain = (asking: Asking, send: Send) => void;

export interface PlainConnectionDeps {
  serve: ServePlain;
  /** Gives the connection to Node's HTTP, with what came of its next request; nothing else holds it from then on. */
  handOver(socket: Socket, bytes: Buffer): void;
  /** For what cannot be read, or does not come. */
  refuse(code: string, socket: Socket): void;
  /** True while the server ends: each answer is the last one of its connection. */
  isEnding(): boolean;
  onGone(connection: PlainConnection): void;
}

export interface PlainTimes {
  /** Until the first request. */
  firstMs: number;
  /** Between two requests. */
  idleMs: number;
}

/** A longer request is not plain. */
const requestMax = 8_192;
/** What a client may send ahead, before its first answer. */
const aheadMax = 16_384;

/**
 * A connection whose requests are all plain ones (see `PlainRequestReader`), one answered after the other. The first request that is not makes it
 * Node's for good. Node's own way of a request (two streams, their events, a table of headers) costs twice as much as the rest of a kept answer.
 *
 * Waiting for a request, or busy with one; what comes meanwhile waits in `#ahead`, and beyond its bound the socket is not read.
 */
export class PlainConnection {
  readonly #socket: Socket;
  readonly #deps: PlainConnectionDeps;
  readonly #times: PlainTimes;
  readonly #reader = new PlainRequestReader();
  #ahead: Buffer | null = null;
  #busy = false;
  #asked = false;
  #hasEnded = false;

  constructor(socket: Socket, deps: PlainConnectionDeps, times: PlainTimes) {
    this.#socket = socket;
    this.#deps = deps;
    this.#times = times;
    socket.setTimeout(times.firstMs);
    socket.on('data', this.#hear).on('end', this.#end).on('timeout', this.#tire);
    socket.on('error', this.#fail).on('close', this.#leave);
  }

  /** True between two requests: then closing it costs nobody an answer. */
  get isIdle(): boolean {
    return this.#asked && !this.#busy && this.#ahead === null;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #hear = (chunk: Buffer): void => {
    if (!this.#busy) return this.#take(chunk);
    this.#ahead = this.#ahead === null ? chunk : Buffer.concat([this.#ahead, chunk]);
    if (this.#ahead.length > aheadMax) this.#socket.pause();
  };

  #take(bytes: Buffer): void {
    const request = this.#reader.read(bytes.toString('latin1', 0, Math.min(bytes.length, requestMax)));
    if (request === null) return this.#handOver(bytes);
    if (!this.#asked) this.#socket.setTimeout(this.#times.idleMs);
    this.#asked = true;
    this.#busy = true;
    if (bytes.length > request.length) this.#ahead = bytes.subarray(request.length);
    this.#deps.serve(request.asking, this.#send);
  }

  readonly #send: Send = (status, headers, body, encoding) => {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const isLast = this.#deps.isEnding() || (this.#hasEnded && this.#ahead === null);
    socket.write(headOf(status, headers, isLast ? null : this.#times.idleMs) + body, encoding);
    if (isLast) return void socket.end();
    // Who reads no answers gets no further ones.
    if (socket.writableNeedDrain) socket.once('drain', this.#goOn);
    else this.#goOn();
  };

  readonly #goOn = (): void => {
    const bytes = this.#ahead;
    this.#busy = false;
    if (bytes === null) return;
    this.#ahead = null;
    this.#socket.resume();
    this.#take(bytes);
  };

  #handOver(bytes: Buffer): void {
    if (this.#hasEnded) return this.#deps.refuse('', this.#socket);
    const socket = this.#socket;
    socket.off('data', this.#hear).off('end', this.#end).off('timeout', this.#tire);
    socket.off('error', this.#fail).off('close', this.#leave);
    socket.setTimeout(0);
    this.#deps.onGone(this);
    this.#deps.handOver(socket, bytes);
  }

  /** The client says no more, and may still read. */
  readonly #end = (): void => {
    this.#hasEnded = true;
    if (!this.#busy) this.#socket.end();
  };

  readonly #tire = (): void => {
    if (this.#asked) this.#socket.destroy();
    else this.#deps.refuse('ERR_HTTP_REQUEST_TIMEOUT', this.#socket);
  };

  readonly #fail = (): void => this.destroy();
  readonly #leave = (): void => this.#deps.onGone(this);
}

/** In the order in which Node writes it. `keepMs`: null where the connection ends. */
function headOf(status: number, headers: readonly string[], keepMs: number | null): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  head += `Date: ${dateText()}\r\n`;
  return keepMs === null
    ? `${head}Connection: close\r\n\r\n`
    : `${head}Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepMs / 1_000)}\r\n\r\n`;
}

let dateSecond = 0;
let dateLine = '';

/** A second's text, made once. */
function dateText(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = new Date(second * 1_000).toUTCString();
  }
  return dateLine;
}
