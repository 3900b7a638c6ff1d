import { createServer, type AddressInfo } from 'node:net';

/** Different ports of the loopback that are free now, by name, as settings. */
export async function freePorts<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  const listeners = await Promise.all(names.map(() => listenAnywhere()));
  const ports = listeners.map((listener) => String((listener.address() as AddressInfo).port));
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return Object.fromEntries(names.map((name, place) => [name, ports[place]])) as Record<Name, string>;
}

const listenAnywhere = () =>
  new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const listener = createServer();
    listener.once('error', reject).listen(0, '127.0.0.1', () => resolve(listener));
  });
