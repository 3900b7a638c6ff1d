const [open, close, quote, backslash, comma] = ['[', ']', '"', '\\', ','].map((mark) => mark.charCodeAt(0));
const [openBrace, closeBrace] = ['{', '}'].map((mark) => mark.charCodeAt(0));

/**
 * A JSON array as texts of shorter arrays, in order: each ends with the first element that reaches `partBytes`. Together they hold the same elements, so
 * a long file can be parsed in steps. What is no array, or ends within one, throws or gives a text that `JSON.parse` refuses.
 */
export function* splitJsonArray(bytes: Uint8Array, partBytes: number): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const first = bytes.indexOf(open);
  const last = bytes.lastIndexOf(close);
  if (first === -1 || last < first) throw new SyntaxError('no array');
  assertBlank(bytes, 0, first);
  assertBlank(bytes, last + 1, bytes.length);
  let start = first + 1;
  while (start < last) {
    const end = endOfPart(bytes, start, last, partBytes);
    yield `[${decoder.decode(bytes.subarray(start, end))}]`;
    start = end + 1;
    // A comma with nothing behind it would be lost.
    if (start >= last && end < last) throw new SyntaxError('an element is missing');
  }
}

/** The first comma between elements after `partBytes`, or `last`. */
function endOfPart(bytes: Uint8Array, start: number, last: number, partBytes: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < last; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === open || byte === openBrace) depth += 1;
    else if (byte === close || byte === closeBrace) depth -= 1;
    else if (byte === comma && depth === 0 && at - start >= partBytes) return at;
  }
  return last;
}

function assertBlank(bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at += 1) {
    if (![0x20, 0x09, 0x0a, 0x0d].includes(bytes[at])) throw new SyntaxError('text beside the array');
  }
}
