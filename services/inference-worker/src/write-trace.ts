import { viewReceiptBody, type ReceiptBody } from '@reelay/shared/contracts';

/** Bodies are all written in one memory, so one view of it does for all of them: to make one takes as long as to write base64. */
let memory: Buffer = Buffer.alloc(0);

/** How a list was made, as its answer carries it. */
export function traceOf(made: ReceiptBody): string {
  const { buffer, byteOffset, byteLength } = viewReceiptBody(made);
  if (memory.buffer !== buffer) memory = Buffer.from(buffer);
  return memory.toString('base64', byteOffset, byteOffset + byteLength);
}
