import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import { freePorts } from '../test/faults/free-ports.ts';
import { openServingPlatform, untilItServes } from '../test/faults/serving-platform.ts';
import type { ServiceProcess } from '../test/faults/service-process.ts';
import { stalledMsBetween, watchStalls } from '../test/faults/watch-stalls.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-restarts.ts [options]

Two gateways on one port and two workers, on servers of their own (npm run setup:native): each process is ended and started again, one after
the other, under a steady load. A client whose connection breaks asks once more, as HTTP allows for a GET. Ends with 1 when a request stays without
an answer, or when an answer is later than 600 ms.

options    --restarts 20   of every process      --rate 175   requests a second

example    node scripts/with-node.mjs bench/measure-restarts.ts --restarts 2`;

const { restarts, rate } = readOptions(help, { numbers: { restarts: 20, rate: 175 } });

const counts = { requests: 0, model: 0, cache: 0, fallback: 0, asked_again: 0, lost: 0, late: 0 };
const watching = watchStalls();
const problems = new Map<string, number>();
const agent = new Agent({ keepAlive: true, maxSockets: 200 });
const { PORT } = await freePorts('PORT');
const platform = await openServingPlatform({ gateways: 0, workers: 2 });
let users = 5_000_000;

const ask = (userId: number, by: Agent | false = agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: PORT,
        path: `/recommend/${userId}`,
        agent: by,
        headers: { accept: 'application/json' },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('end', () =>
          response.statusCode === 200 ? resolve(body) : reject(new Error(`${response.statusCode}`)),
        );
        response.on('error', reject);
      },
    );
    asked.setTimeout(2_000, () => asked.destroy(new Error('no answer in 2 s')));
    asked.on('error', reject).end();
  });

function note(when: string, { code, message }: NodeJS.ErrnoException): void {
  const problem = when + (code ?? message);
  problems.set(problem, (problems.get(problem) ?? 0) + 1);
}

async function askOnceMore(userId: number): Promise<void> {
  const dueAt = performance.now();
  counts.requests++;
  const askAgain = (error: NodeJS.ErrnoException) => {
    note('', error);
    counts.asked_again++;
    // On a connection of its own: those that are kept may be of the same gateway.
    return ask(userId, false);
  };
  try {
    const body = await ask(userId).catch(askAgain);
    counts[/"outcome":"(model|cache|fallback)"/.exec(body)?.[1] as 'model'] += 1;
    const now = performance.now();
    if (now - dueAt - stalledMsBetween(watching.stalls, dueAt, now) > 600) counts.late++;
  } catch (error) {
    counts.lost++;
    note('again: ', error as NodeJS.ErrnoException);
  }
}

async function restart(one: ServiceProcess): Promise<void> {
  await one.stop();
  await one.start();
}

const end = new AbortController();
try {
  const shared = { PORT, REUSE_PORT: 'on' };
  const gateways = [await platform.makeGateway(shared), await platform.makeGateway(shared)];
  await untilItServes({ ...gateways[0], url: `http://127.0.0.1:${PORT}` });
  const inHand: Promise<void>[] = [];
  const sending = (async () => {
    const started = performance.now();
    for (let sent = 0; !end.signal.aborted;) {
      const due = ((performance.now() - started) / 1_000) * rate;
      for (; sent < due; sent++) inHand.push(askOnceMore(users++));
      await pause(2);
    }
  })();
  for (let round = 0; round < restarts; round++)
    for (const one of [...platform.workers, ...gateways]) {
      await restart(one);
      await pause(300);
    }
  end.abort();
  await sending;
  await Promise.all(inHand);
} finally {
  end.abort();
  agent.destroy();
  await platform.close();
}
watching.stop();
console.log(`${restarts} restarts each of 2 workers and 2 gateways`, counts, Object.fromEntries(problems));
const failed = counts.lost > 0 || counts.late > 0 || counts.requests < 100;
console.log(failed ? 'MISSED' : 'kept');
process.exit(failed ? 1 : 0);
