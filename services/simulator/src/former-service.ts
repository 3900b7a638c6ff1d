import { errorTexts, type RequestResult } from './format-line.ts';
import type { Population } from './population.ts';
import type { Random } from './random.ts';

const peer = { host: 'recommender.example', address: '192.0.2.130', port: 8082 };
const deadlineMs = 600;
const listLength = 20;

/** The service that the history speaks of: it knew fame and nothing else, and failed in one of twelve requests. */
export function createFormerService(population: Population): (random: Random) => RequestResult {
  return (random) => (random.chance(1 / 12) ? fail(random) : { status: 200, ...answer(population, random) });
}

function answer({ byFame, catalogue }: Population, random: Random) {
  const movies = new Set<string>();
  while (movies.size < listLength) movies.add(catalogue.movies[byFame.draw(random)].id);
  return { movieIds: [...movies], latencyMs: 20 + random.below(150) };
}

function fail(random: Random): RequestResult {
  const kind = random.next();
  if (kind < 0.5)
    return { status: 0, error: errorTexts.timeout(peer, deadlineMs), latencyMs: deadlineMs + random.below(40) };
  if (kind < 0.8) return { status: 0, error: errorTexts.refused(peer), latencyMs: 2 + random.below(200) };
  return { status: 0, error: errorTexts.unexpectedStatus(500), latencyMs: 3 + random.below(30) };
}
