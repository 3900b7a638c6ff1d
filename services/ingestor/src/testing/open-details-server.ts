import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '@reelay/shared/observability';

export interface DetailsServer {
  url: string;
  /** Paths that were asked for. */
  paths: string[];
  /** Requests whose connection their sender has ended. */
  left: () => number;
  close(): Promise<void>;
}

/** An HTTP server on a free port that answers, or does not, as `answer` says. */
export async function openDetailsServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<DetailsServer> {
  const paths: string[] = [];
  let left = 0;
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.on('close', () => {
      if (!response.writableFinished) left += 1;
    });
    answer(request, response);
  });
  const port = await listen(server, 0, '127.0.0.1');
  return { url: `http://127.0.0.1:${port}`, paths, left: () => left, close: () => closeServer(server, 100) };
}
