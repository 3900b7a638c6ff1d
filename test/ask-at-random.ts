import { drawFrom } from '@reelay/shared/testing';

export interface RandomAsking {
  /** Base URL of the gateway. */
  gateway: string;
  answers: number;
  /** The same seed asks the same. */
  seed: number;
  users: number;
  /** Text ids and genres that callers may name. */
  ids: readonly string[];
  genres: readonly string[];
  /** Called between rounds: what users do meanwhile. */
  meanwhile?: (draw: () => number) => Promise<void>;
  /** Called with each answer as it comes. */
  onAnswer?: (answer: AskedAnswer) => void;
}

export interface AskedAnswer {
  requestId: string;
  userId: number;
  /** Epoch milliseconds. */
  answeredMs: number;
}

const atOnce = 20;

/**
 * Asks as callers of all kinds do: plain lists as text, again by the same users, longer and shorter ones as JSON, with rules, and by callers who
 * give no time, so that they get the ladder's. Every answer must be a 200.
 */
export async function askAtRandom(asking: RandomAsking): Promise<AskedAnswer[]> {
  const draw = drawFrom(asking.seed);
  const answered: AskedAnswer[] = [];
  while (answered.length < asking.answers) {
    await asking.meanwhile?.(draw);
    const round = Array.from({ length: Math.min(atOnce, asking.answers - answered.length) }, () =>
      drawAsk(asking, draw),
    );
    const answers = round.map(async (one) => {
      const answer = await ask(asking.gateway, one);
      asking.onAnswer?.(answer);
      return answer;
    });
    answered.push(...(await Promise.all(answers)));
  }
  return answered;
}

interface Ask {
  userId: number;
  query: string;
  headers: Record<string, string>;
}

function drawAsk({ users, ids, genres }: RandomAsking, draw: () => number): Ask {
  const userId = 1 + Math.floor(draw() * users);
  const pick = (from: readonly string[]): string => from[Math.floor(draw() * from.length)];
  const kind = draw();
  const json = { accept: 'application/json' };
  if (kind < 0.15) return { userId, query: '', headers: { 'x-request-timeout-ms': '1' } };
  if (kind < 0.7) return { userId, query: '', headers: kind < 0.4 ? {} : json };
  if (kind < 0.8) return { userId, query: `?n=${1 + Math.floor(draw() * 40)}`, headers: json };
  const rules = [
    `offset=${Math.floor(draw() * 30)}`,
    `genre=${pick(genres)}`,
    `exclude=${pick(ids)},${pick(ids)},no+such+movie+1900`,
    'seen=include',
    `diversity=${draw().toFixed(2)}`,
    'reasons=true',
    `maxAge=${Math.floor(draw() * 20)}`,
  ];
  return { userId, query: `?${rules.filter(() => draw() < 0.5).join('&')}`, headers: json };
}

async function ask(gateway: string, { userId, query, headers }: Ask): Promise<AskedAnswer> {
  const response = await fetch(`${gateway}/recommend/${userId}${query}`, { headers });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status} for user ${userId}${query}: ${body}`);
  return { requestId: response.headers.get('x-request-id') ?? '', userId, answeredMs: Date.now() };
}
