import { connect } from 'node:net';

/** The first bytes that a server on 127.0.0.1 sends after it was greeted; empty when it does not answer in a second. */
export function firstAnswer(port: number, greeting: string | Buffer = ''): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(Buffer.alloc(0)));
    socket.once('error', () => end(Buffer.alloc(0)));
    socket.once('close', () => end(Buffer.alloc(0)));
    socket.once('data', end);
    socket.once('connect', () => socket.write(greeting));
  });
}
