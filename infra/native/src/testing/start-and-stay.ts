import { startNativeServer } from '../start-servers.ts';

// A starter to be killed by a test: starts Redis in the folder that it is given, says so, and stays.
const server = await startNativeServer('redis', { home: process.argv[2] ?? '' });
console.log(JSON.stringify({ pid: server.pid, url: server.url }));
setInterval(() => undefined, 60_000);
