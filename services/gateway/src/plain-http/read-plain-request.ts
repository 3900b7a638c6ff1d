import { partsOf, timeoutHeader, timeoutOf, wantsJsonBy } from '../read-asking.ts';
import type { Asking } from '../handle-recommend.ts';

/** A request, and how many bytes it took. */
export interface PlainRequest {
  asking: Asking;
  length: number;
}

type Head = Pick<Asking, 'wantsJson' | 'timeoutMs'>;

const method = 'GET ';
const route = '/recommend/';
const version = ' HTTP/1.1\r\n';
const headEnd = '\r\n\r\n';

/** An id, and a query without what ends it (`#`). */
const target = /^[0-9]{1,32}(?:\?[!"$-~]*)?$/;
/** RFC 9110, 5.1 and 5.5: no space before the colon, no line that goes on, nothing but visible ASCII, spaces and tabs. */
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[\t -~]*[!-~])?)?[ \t]*$/;

/** Who sends one of these says something about where the request ends, or what becomes of the connection. */
const framing = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads `GET /recommend/<digits>` where all of it has come and nothing in it leaves a question: one `Host`, no body, a connection that is kept, an
 * `Accept` that most callers send. Null for anything else, which is Node's parser's to read or to refuse.
 *
 * A client sends the same headers with each request, so what they said is remembered by their text.
 */
export class PlainRequestReader {
  #headText = headEnd;
  #head: Head | null = null;

  /** `text`: bytes as latin1, so that a character is a byte. */
  read(text: string): PlainRequest | null {
    const from = method.length + route.length;
    if (!text.startsWith(method) || !text.startsWith(route, method.length)) return null;
    const targetEnd = text.indexOf(' ', from);
    if (targetEnd === -1 || !text.startsWith(version, targetEnd)) return null;
    const url = text.slice(method.length, targetEnd);
    if (!target.test(url.slice(route.length))) return null;
    const headFrom = targetEnd + version.length;
    if (!text.startsWith(this.#headText, headFrom)) this.#learn(text, headFrom);
    const head = this.#head;
    if (head === null || !text.startsWith(this.#headText, headFrom)) return null;
    const asking = { ...partsOf(url, route.length), wantsJson: head.wantsJson, timeoutMs: head.timeoutMs };
    return { asking, length: headFrom + this.#headText.length };
  }

  #learn(text: string, from: number): void {
    const end = text.indexOf(headEnd, from);
    this.#head = end === -1 ? null : readHead(text.slice(from, end));
    if (this.#head !== null) this.#headText = text.slice(from, end + headEnd.length);
  }
}

/** What the headers say, each of them at most once where it says something to us. */
function readHead(text: string): Head | null {
  const known = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const [, name, value = ''] = headerLine.exec(line) ?? [];
    if (name === undefined) return null;
    const lower = name.toLowerCase();
    if (framing.has(lower) && !(lower === 'connection' && value.toLowerCase() === 'keep-alive')) return null;
    if (!meaningful.has(lower)) continue;
    if (known.has(lower)) return null;
    known.set(lower, value);
  }
  const wantsJson = wantsJsonBy.get(known.get('accept') ?? '*/*');
  if (wantsJson === undefined || !known.has('host')) return null;
  return { wantsJson, timeoutMs: timeoutOf(known.get(timeoutHeader)) };
}

const meaningful = new Set(['accept', 'host', timeoutHeader]);
