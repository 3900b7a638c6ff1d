import { Agent, request } from 'node:http';

export interface TwoGatewayAnswer {
  /** Outcome of the answer that came first; undefined when none came. */
  outcome: string | undefined;
  modelVersion: string | undefined;
  latencyMs: number;
  /** `performance.now()` when it was sent. */
  sentAt: number;
  askedAgain: boolean;
}

const askAgainAfterMs = 200;
const giveUpMs = 3_000;

/** A client of two gateways: what has no answer after 200 ms, or breaks, is asked once more of the other; the first answer counts. */
export function createTwoGatewayClient(urls: readonly [string, string]) {
  const agents = urls.map(() => new Agent({ keepAlive: true, maxSockets: 500 }));
  let underWay = 0;

  const ask = (at: number, userId: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(`${urls[at]}/recommend/${userId}`, {
        agent: agents[at],
        headers: { accept: 'application/json' },
      });
      asked.setTimeout(giveUpMs, () => asked.destroy(new Error('no answer')));
      asked.on('error', reject).on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('error', reject);
        response.on('end', () => (response.statusCode === 200 ? resolve(body) : reject(new Error('no 200'))));
      });
      asked.end();
    });

  async function askBoth(userId: number, first: number): Promise<TwoGatewayAnswer> {
    const sentAt = performance.now();
    let askedAgain = false;
    const again = new Promise<void>((resolve) => setTimeout(resolve, askAgainAfterMs));
    const one = ask(first, userId);
    const other = Promise.race([again, one.then(() => undefined).catch(() => undefined)]).then(async () => {
      // Answered already: nobody else is asked.
      if (await isSettledWell(one)) return one;
      askedAgain = true;
      return ask(1 - first, userId);
    });
    const body = await Promise.any([one, other]).catch(() => '');
    const latencyMs = performance.now() - sentAt;
    const outcome = /"outcome":"(\w+)"/.exec(body)?.[1];
    return { outcome, modelVersion: /"modelVersion":"([^"]+)"/.exec(body)?.[1], latencyMs, sentAt, askedAgain };
  }

  return {
    get underWay() {
      return underWay;
    },
    ask(userId: number, first: number): Promise<TwoGatewayAnswer> {
      underWay++;
      return askBoth(userId, first).finally(() => underWay--);
    },
    close: () => agents.forEach((agent) => agent.destroy()),
  };
}

const isSettledWell = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
