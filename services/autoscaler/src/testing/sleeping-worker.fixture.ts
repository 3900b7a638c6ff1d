// A worker that does nothing: it says what it was started with and leaves when told to, or stays when told to be stubborn.
import { createServer } from 'node:http';

const { ADMIN_PORT, SLOTS, STUBBORN, WORKER_SLOT, CANARY_ABOVE_SHARE } = process.env;
const mark = { slot: WORKER_SLOT, aboveShare: CANARY_ABOVE_SHARE };
const server = createServer((_request, response) =>
  response.end(JSON.stringify({ slots: SLOTS, pid: process.pid, ...mark })),
);
server.listen(Number(ADMIN_PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  if (STUBBORN !== 'yes') process.exit(0);
});
