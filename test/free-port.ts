import { createServer, type AddressInfo } from 'node:net';

/** A port of 127.0.0.1 that is free now, with `span - 1` further numbers behind it. */
export async function freePort(span = 1): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port + span < 65_536 ? port : freePort(span);
}
