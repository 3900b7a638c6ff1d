/** The servers that this package can start. */
export type NativeServerName = 'rabbitmq' | 'redis' | 'kafka' | 'mariadb';

/** All of them, in the order in which they are listed to people. */
export const nativeServerNames: readonly NativeServerName[] = ['rabbitmq', 'redis', 'kafka', 'mariadb'];

/** The Debian package that holds the server. Kafka has none: its jars come from Maven. */
export const debianPackageOf: Partial<Record<NativeServerName, string>> = {
  rabbitmq: 'rabbitmq-server',
  redis: 'redis-server',
  mariadb: 'mariadb-server',
};

export const isNativeServerName = (text: string): text is NativeServerName =>
  nativeServerNames.some((name) => name === text);
