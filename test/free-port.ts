import { createServer, type AddressInfo, type Server } from 'node:net';

/** A port of 127.0.0.1 that is free now, with `span - 1` further numbers behind it that are free, too. */
export async function freePort(span = 1): Promise<number> {
  const first = await listen(0);
  const { port } = first.address() as AddressInfo;
  const taken = [first];
  try {
    for (let next = port + 1; next < port + span; next++) taken.push(await listen(next));
    return port;
  } catch {
    return await freePort(span);
  } finally {
    await Promise.all(taken.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
