import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { UserHistory } from '@reelay/shared/contracts';
import { openArtifactStore } from '@reelay/shared/storage';
import { loadModel } from '../../services/inference-worker/src/load-model.ts';
import { recommendForUsers } from '../../services/inference-worker/src/recommend-for-user.ts';
import { answerQuestions } from './part-process.ts';
import { historyOf } from './place-model.ts';

interface App {
  disable(name: string): App;
  get(path: string, handler: (request: { params: { userId: string } }, response: Reply) => void): void;
}
interface Reply {
  type(name: string): { send(body: string): void };
}

/** What one writes without us: an express route that holds model and histories and computes each list where it is asked for. */
const [artifactsUrl = '', version = '', asked = '', length = '', items = ''] = process.argv.slice(2);
const express = createRequire(join(import.meta.dirname, '../../services/gateway/package.json'))('express') as () => App;
const loaded = await loadModel(version, await openArtifactStore(artifactsUrl));
const histories = new Map<number, UserHistory>();
for (let userId = 1; userId <= Number(asked); userId++) {
  const entries = historyOf(userId, Number(length), Number(items));
  histories.set(userId, { userId, state: 'known', version: entries.length, entries });
}

const app = express();
app.disable('x-powered-by').disable('etag');
app.get('/recommend/:userId', ({ params }, response) => {
  const userId = Number(params.userId);
  const history = histories.get(userId) ?? { userId, state: 'cold', version: 0, entries: [] };
  const [list] = recommendForUsers(loaded, [{ history, count: 20 }]);
  response.type('text/plain').send(list.items.map(({ id }) => id).join(','));
});
const server = createServer({ keepAliveTimeout: 75_000 }, app as unknown as RequestListener);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answerQuestions(async () => ({ port: (server.address() as AddressInfo).port }));
