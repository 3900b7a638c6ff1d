import { Agent, get } from 'node:http';
import type { Outcome, RecommendResponse } from '@reelay/shared/contracts';
import { percentile, sendOpenLoop } from '@reelay/shared/testing/open-loop';
import type { PlatformUnderTest } from './platform-under-test.ts';
import { row, type Row } from './print-table.ts';

interface Options {
  rounds: number;
  seconds: number;
}

const openLoopRate = 200;
const closedLoopInFlight = 64;
const headers = { accept: 'application/json' };
/** Users far apart, so that few answers come from the cache. */
const userOf = (index: number): number => 1 + ((index * 7_919) % 1_000_000);

/** Latency at a fixed rate and the most answers a second, each with the shares of outcomes. */
export async function measureAnswers(platform: PlatformUnderTest, options: Options): Promise<Row[]> {
  const open: { p50: number; p99: number; outcomes: Outcome[] }[] = [];
  const closed: { rate: number; outcomes: Outcome[] }[] = [];
  let first = 0;
  for (let round = 0; round < options.rounds; round++) {
    open.push(await openLoop(platform, options, first));
    first += openLoopRate * options.seconds;
    const one = await closedLoop(platform, options, first);
    first += one.outcomes.length;
    closed.push(one);
  }
  const openShares = shares(open.flatMap((one) => one.outcomes));
  return [
    row(
      `answer at ${openLoopRate}/s open loop, p50`,
      'ms',
      open.map((one) => one.p50),
      openShares,
    ),
    row(
      `answer at ${openLoopRate}/s open loop, p99`,
      'ms',
      open.map((one) => one.p99),
      openShares,
    ),
    row(
      `answers, ${closedLoopInFlight} in flight`,
      '/s',
      closed.map((one) => one.rate),
      shares(closed.flatMap((one) => one.outcomes)),
    ),
  ];
}

async function openLoop({ gateway }: PlatformUnderTest, { seconds }: Options, first: number) {
  const answers = await sendOpenLoop({
    rate: openLoopRate,
    total: openLoopRate * seconds,
    url: (index) => `${gateway}/recommend/${userOf(first + index)}`,
    headers,
  });
  const latencies = answers.map((answer) => answer.latencyMs);
  const outcomes = answers.map(({ status, body }) => (status === 200 ? outcomeOf(body) : 'fallback'));
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), outcomes };
}

async function closedLoop({ gateway }: PlatformUnderTest, { seconds }: Options, first: number) {
  const agent = new Agent({ keepAlive: true });
  const outcomes: Outcome[] = [];
  const started = performance.now();
  const until = started + seconds * 1_000;
  let next = first;
  const ask = async () => {
    while (performance.now() < until)
      outcomes.push(outcomeOf(await body(`${gateway}/recommend/${userOf(next++)}`, agent)));
  };
  await Promise.all(Array.from({ length: closedLoopInFlight }, ask));
  agent.destroy();
  return { rate: outcomes.length / ((performance.now() - started) / 1_000), outcomes };
}

const body = (url: string, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });

const outcomeOf = (text: string): Outcome => (JSON.parse(text) as RecommendResponse).outcome;

function shares(outcomes: Outcome[]): string {
  const share = (wanted: Outcome) =>
    ((100 * outcomes.filter((outcome) => outcome === wanted).length) / outcomes.length).toFixed(2);
  return `model ${share('model')} %, cache ${share('cache')} %, fallback ${share('fallback')} % of ${outcomes.length}`;
}
