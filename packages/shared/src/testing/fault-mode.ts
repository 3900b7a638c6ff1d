/**
 * What a fault proxy does to what comes:
 * - `pass` carries bytes;
 * - `down` takes a connection and resets it at once, and cuts what is open;
 * - `blackhole` accepts and swallows, in both directions, without a word;
 * - `rubbish` carries what clients say, and answers with as many bytes of chance (seeded) in the server's place;
 * - `latencyMs` carries each piece that much later, and up to `jitterMs` more (seeded), in order;
 * - `sliceBytes` carries so many bytes a write, each write a turn of the event loop after the one before;
 * - `resetAfterBytes` carries so many bytes of a connection, of both directions together, then resets both ends; 0: at the first byte.
 */
export type FaultMode =
  | 'pass'
  | 'down'
  | 'blackhole'
  | 'rubbish'
  | { latencyMs: number; jitterMs?: number }
  | { sliceBytes: number }
  | { resetAfterBytes: number };
