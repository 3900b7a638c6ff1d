import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { sampleJob } from './sample-job.ts';
import type { LoadResult } from './sender.ts';

export interface CostOptions {
  rounds: number;
  /** Requests of one round. */
  requests: number;
}

const rawEcho = 'packages/shared/src/messaging/rabbitmq/raw-echo.fixture.ts';
const bytes = Buffer.byteLength(JSON.stringify(sampleJob(0, 'gw-00000000-0000-0000-0000-000000000000')));

/** The raw echo of one job's bytes, ready to be asked. */
export async function startRawEcho(world: CostWorld) {
  await world.part(rawEcho, 'server', world.urls.QUEUE_URL);
  const client = await world.part(rawEcho, 'client', world.urls.QUEUE_URL);
  return async (inFlight: number, total: number): Promise<number> => {
    const { answers, seconds } = await client.ask<LoadResult>({ inFlight, total, bytes });
    return answers / seconds;
  };
}

/** Job through RabbitMQ and answer through Redis, without HTTP and without computing, beside the raw echo. */
export async function measureTransport(world: CostWorld, { rounds, requests }: CostOptions): Promise<Row[]> {
  const { QUEUE_URL, REDIS_URL } = world.urls;
  const raw = await startRawEcho(world);
  await world.part('echo-worker.ts', QUEUE_URL, REDIS_URL, 'transport');
  const client = await world.part('transport-client.ts', QUEUE_URL, REDIS_URL, 'transport');
  const ours = async (inFlight: number, total: number): Promise<number> => {
    const { answers, seconds } = await client.ask<LoadResult>({ inFlight, total });
    return answers / seconds;
  };
  const rows: Row[] = [];
  for (const inFlight of [64, 256]) {
    await raw(inFlight, requests / 4);
    await ours(inFlight, requests / 4);
    const figures = { raw: [] as number[], ours: [] as number[], ratio: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const [ceiling, reached] = [await raw(inFlight, requests), await ours(inFlight, requests)];
      figures.raw.push(ceiling);
      figures.ours.push(reached);
      figures.ratio.push(reached / ceiling);
    }
    rows.push(row(`raw echo over RabbitMQ, ${inFlight} in flight`, '/s', figures.raw));
    rows.push(row(`job and answer without HTTP, ${inFlight} in flight`, '/s', figures.ours));
    rows.push(row(`transport of the raw echo, ${inFlight} in flight`, '×', figures.ratio));
  }
  return rows;
}
