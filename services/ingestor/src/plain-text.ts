/** Stands for what cannot be kept as it is. */
export const replacement = '\ufffd';
// Control characters: some tables and tools cut a text at a zero or break it at a line end.
const controlCharacters = /[\p{Cc}\u2028\u2029]/gu;

/** Text of bytes, for people: no control characters, what is no UTF-8 replaced, at most `bytesMax` bytes of UTF-8. */
export function plainText(bytes: Uint8Array, bytesMax: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, bytesMax)).toString('utf8');
  return cutText(text.replace(controlCharacters, replacement), bytesMax);
}

/** A text without control characters, cut to `bytesMax` bytes of UTF-8 between two characters. */
export function cutText(text: string, bytesMax: number): string {
  const clean = text.replace(controlCharacters, replacement);
  if (clean.length * 3 <= bytesMax || Buffer.byteLength(clean) <= bytesMax) return clean;
  // A streaming decoder keeps back the character that the cut falls into.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(clean).subarray(0, bytesMax), {
    stream: true,
  });
}
