import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { recommendResponse, type Answer, type RecommendResponse } from '@reelay/shared/contracts';
import { waitUntil } from '@reelay/shared/testing';
import type { World } from './world.ts';

export interface RawAnswer {
  status: number;
  type: string;
  body: string;
}

/** One request as the bytes are; `fetch` would tidy the path first. */
export function ask({ gateway }: Pick<World, 'gateway'>, path: string, accept?: string): Promise<RawAnswer> {
  const headers = accept === undefined ? {} : { accept };
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: gateway.port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body });
      });
    });
    asked.on('error', reject).end();
  });
}

export const askForText = (world: Pick<World, 'gateway'>, userId: number): Promise<RawAnswer> =>
  ask(world, `/recommend/${userId}`);

export async function askForJson(world: Pick<World, 'gateway'>, userId: number): Promise<RecommendResponse> {
  const { status, body } = await ask(world, `/recommend/${userId}`, 'application/json');
  if (status !== 200) throw new Error(`status ${status} for user ${userId}: ${body}`);
  return recommendResponse.parse(JSON.parse(body));
}

export const idsOf = ({ items }: { items: { id: string }[] }): string[] => items.map(({ id }) => id);

/** Past the gateway and its cache: a job of its own, answered by the worker. */
export async function askWorker({ queue, answers }: World, userId: number, modelVersion: string): Promise<Answer> {
  const [replyTo, requestId] = [`test-${randomUUID()}`, randomUUID()];
  const arrived: Answer[] = [];
  const listening = await answers.listen(replyTo, (some) => void arrived.push(...some));
  try {
    await queue.publish('stable', { requestId, userId, modelVersion, count: 20, replyTo }, { budgetMs: 10_000 });
    await waitUntil(`an answer for user ${userId}`, () => arrived.length > 0);
  } finally {
    await listening.stop();
  }
  return arrived[0];
}
