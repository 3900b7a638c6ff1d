export interface Figure {
  rounds: number[];
  best: number;
}

/** Something to be timed; `units` says how many answers one call makes. */
export interface TimedCall {
  name: string;
  call(): void;
  units: number;
}

/**
 * Microseconds a unit, by name, one figure a round. In every round each call has its turn, so that whatever else the machine does falls on all alike;
 * a turn's figure is the median of its calls, which single interruptions do not move. `best` is the shortest call of all.
 */
export function timeCalls(
  calls: readonly TimedCall[],
  { rounds, turnMs }: { rounds: number; turnMs: number },
): Map<string, Figure> {
  const figures = new Map(calls.map(({ name }): [string, Figure] => [name, { rounds: [], best: Infinity }]));
  // Round 0 is for the compilers.
  for (let round = 0; round <= rounds; round++) {
    for (const { name, call, units } of calls) {
      const { median, best } = turn(call, turnMs);
      const figure = figures.get(name);
      if (round === 0 || figure === undefined) continue;
      figure.rounds.push(median / units);
      figure.best = Math.min(figure.best, best / units);
    }
  }
  return figures;
}

function turn(call: () => void, turnMs: number): { median: number; best: number } {
  const times: number[] = [];
  const until = performance.now() + turnMs;
  while (performance.now() < until || times.length < 5) {
    const started = performance.now();
    call();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { median: 1_000 * times[times.length >> 1], best: 1_000 * times[0] };
}
