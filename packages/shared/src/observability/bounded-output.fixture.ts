import { openSync, writeSync } from 'node:fs';
import { boundedStdout } from './bounded-output.ts';
import { createLogger } from './logger.ts';

/**
 * Logs 30,000 lines of about 300 bytes to a standard output that nobody reads, in 100 turns of the event loop, tells its parent how many were
 * dropped, and ends when it is told to, with all written. `plain` writes each line at once, as a program does that knows no better.
 */
const log = createLogger('fixture');
const line = `${JSON.stringify({ filler: 'x'.repeat(280) })}\n`;
const plain = process.argv[2] === 'plain';
// A pipe of its own makes each write wait for room, as a write to a slow disk does.
const descriptor = plain ? openSync(process.argv[3], 'w') : -1;

for (let turn = 0; turn < 100; turn++) {
  for (let at = 0; at < 300; at++) {
    if (plain) writeSync(descriptor, line);
    else log.info({ filler: line }, 'line');
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
process.send?.({ dropped: boundedStdout().dropped });
process.once('message', () => boundedStdout().flush(() => process.exit(0)));
