/** A port's methods, bound, so that some can be replaced. */
export function bound<T extends object>(port: T): T {
  return new Proxy({} as T, {
    get: (_, name) => bindOf(port, name),
    ownKeys: () => Reflect.ownKeys(Object.getPrototypeOf(port) as object),
    getOwnPropertyDescriptor: (_, name) => ({ configurable: true, enumerable: true, value: bindOf(port, name) }),
  });
}

function bindOf(port: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(port, name);
  return typeof value === 'function' ? (value.bind(port) as unknown) : value;
}
