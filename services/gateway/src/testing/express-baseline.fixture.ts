import express from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The ceiling that kept answers are measured against: an express route that sends a list of 20 ids from memory, and nothing else. */
const body = Array.from({ length: 20 }, (_, at) => `movie+number+${1_234 * at}+1987`).join(',');
const app = express();
app.disable('x-powered-by').disable('etag');
app.get('/recommend/:userId', (_request, response) => {
  response.type('text/plain').send(body);
});
const server = createServer({ keepAliveTimeout: 75_000 }, app);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
