import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { forgetAnswers } from './forget-answers.ts';
import { openFullPath, type SizeOptions } from './full-path.ts';
import { sendLoad, sum, type GatewayUnderLoad } from './measure-http.ts';
import type { CostOptions } from './measure-transport.ts';
import type { PartProcess } from './part-process.ts';
import { versionOf } from './place-model.ts';
import { readOutcomes, shares, since, type Outcomes } from './read-metrics.ts';
import type { LoadResult } from './sender.ts';

const inFlight = 64;
const openRate = 500;

interface Way {
  name: string;
  /** One load over users of whom nothing is kept. */
  send(load: {
    total: number;
    firstUser: number;
    users: number;
    inFlight?: number;
    rate?: number;
  }): Promise<LoadResult & { outcomes?: Outcomes }>;
}

/** The same load on the embedded way, on the way over RabbitMQ and Redis, and on an express route that holds the same model itself. */
export async function measureEmbedded(world: CostWorld, options: CostOptions & SizeOptions): Promise<Row[]> {
  const { rounds, requests } = options;
  const ways = await openWays(world, options);
  const rows: Row[] = [];
  const loads = [
    { what: `${inFlight} in flight`, load: { inFlight, total: requests } },
    { what: `${openRate}/s open loop`, load: { rate: openRate, total: Math.min(requests, 3 * openRate) } },
  ];
  for (const { what, load } of loads) {
    const results = ways.map(() => [] as (LoadResult & { outcomes?: Outcomes })[]);
    for (let round = 0; round < rounds; round++) {
      for (const [at, way] of ways.entries())
        results[at].push(await way.send({ ...load, firstUser: 1, users: requests }));
    }
    for (const [at, { name }] of ways.entries()) {
      const told = results[at].flatMap(({ outcomes }) => outcomes ?? []);
      const remark = told.length > 0 ? shares(sum(told)) : 'computes each list itself';
      if ('inFlight' in load)
        rows.push(
          row(
            `${name}, ${what}`,
            '/s',
            results[at].map(({ answers, seconds }) => answers / seconds),
            remark,
          ),
        );
      else {
        rows.push(
          row(
            `${name}, ${what}, p50`,
            'ms',
            results[at].map(({ p50Ms }) => p50Ms),
            remark,
          ),
        );
        rows.push(
          row(
            `${name}, ${what}, p99`,
            'ms',
            results[at].map(({ p99Ms }) => p99Ms),
          ),
        );
      }
    }
  }
  return rows;
}

async function openWays(
  world: CostWorld,
  { requests, items, factors, history }: CostOptions & SizeOptions,
): Promise<Way[]> {
  const queue = await openFullPath(world, { namespace: 'queue', asked: requests, items, factors, history });
  const held = [
    world.urls.ARTIFACTS_URL,
    versionOf({ items, factors, users: 1_000_000 }),
    String(requests),
    String(history),
    String(items),
  ];
  const neighbour = await world.part('express-neighbour.ts', ...held);
  const { port } = await neighbour.ask<{ port: number }>({});
  let embedded: { stop(): Promise<void> } | undefined;
  return [
    { name: 'express with the model', send: (load) => queue.sender.ask<LoadResult>({ port, ...load }) },
    {
      name: 'embedded',
      // Its answers are kept in its own memory, so each load gets a new one.
      async send(load) {
        await embedded?.stop();
        const part = await world.part('embedded-way.ts', ...held, world.home);
        embedded = part;
        const ports = await part.ask<{ port: number; adminPort: number }>({});
        const gateway: GatewayUnderLoad = {
          url: `http://127.0.0.1:${ports.port}`,
          adminUrl: `http://127.0.0.1:${ports.adminPort}`,
        };
        await warmAnew(queue.sender, gateway);
        return sendLoad(queue.sender, gateway, load, 'model');
      },
    },
    {
      name: 'RabbitMQ and Redis',
      async send(load) {
        await forgetAnswers(world.urls.REDIS_URL, queue.namespace);
        return sendLoad(queue.sender, queue.gateway, load, 'model');
      },
    },
  ];
}

const warmUsers = 3_000;

/** Other users each time, since this way keeps its answers where nobody can take them away. */
async function warmAnew(sender: PartProcess, gateway: GatewayUnderLoad): Promise<void> {
  const port = Number(new URL(gateway.url).port);
  for (let round = 0; round < 50; round++) {
    const before = await readOutcomes(gateway.adminUrl);
    const firstUser = 500_000 + round * warmUsers;
    await sender.ask<LoadResult>({ port, inFlight, total: warmUsers, users: warmUsers, firstUser });
    if (since(await readOutcomes(gateway.adminUrl), before).model >= 0.99 * warmUsers) return;
  }
  throw new Error('the embedded way gives no answers of the model');
}
