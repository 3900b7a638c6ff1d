import { connect } from 'node:net';

/** Removes the kept answers of a namespace, so that the same users are computed anew. */
export function forgetAnswers(redisUrl: string, namespace: string): Promise<number> {
  const { hostname, port } = new URL(redisUrl);
  const script = `local n = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do n = n + redis.call('UNLINK', key) end return n`;
  const words = ['EVAL', script, '0', `${namespace}:a:*`];
  const command = `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(command));
    socket.once('error', reject);
    socket.once('data', (reply: Buffer) => {
      socket.destroy();
      const text = reply.toString();
      if (text.startsWith(':')) resolve(Number(text.slice(1)));
      else reject(new Error(text));
    });
  });
}
