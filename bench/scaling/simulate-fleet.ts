import { createSeededRandom } from '@reelay/shared/testing';

/** What a rule sees at a moment; exact, since it is a simulation. Rates are per second of the last look. */
export interface FleetView {
  atSeconds: number;
  running: number;
  ready: number;
  arrivalRate: number;
  busyFraction: number;
  lateShare: number;
}

/** How many workers are wanted from now on. */
export type ScalingRule = (view: FleetView) => number;

export interface FleetOptions {
  /** Requests a second at a time in seconds. */
  load(atSeconds: number): number;
  seconds: number;
  rule: ScalingRule;
  /** How often the rule looks. */
  lookEverySeconds: number;
  /** One job keeps one worker for so long. */
  jobSeconds: number;
  /** A job that nobody has begun by then is late. */
  budgetSeconds: number;
  /** From the start of a worker until it takes jobs. */
  startSeconds: number;
  seed: number;
}

export interface FleetRun {
  requests: number;
  late: number;
  workerHours: number;
  /** [second, wanted workers], at each change. */
  wanted: [number, number][];
  changes: number;
}

/** One job at a time a worker, first come, first served; arrivals by Poisson; a worker told to leave finishes its job. */
export function simulateFleet(options: FleetOptions): FleetRun {
  const { load, seconds, rule, jobSeconds, budgetSeconds } = options;
  const random = createSeededRandom(options.seed);
  const run: FleetRun = { requests: 0, late: 0, workerHours: 0, wanted: [[0, 1]], changes: 0 };
  const fleet = createFleet(options.startSeconds);
  const queue: number[] = [];
  let head = 0;
  let look = { at: 0, requests: 0, late: 0, busy: 0, worked: 0 };
  let next = 0;

  /** Jobs that a worker could begin before `until` are begun, or dropped when their time is over. */
  const serve = (until: number): void => {
    while (head < queue.length) {
      const begin = Math.max(queue[head], fleet.freeAt());
      if (begin > until) break;
      if (begin - queue[head] > budgetSeconds) run.late++;
      else {
        fleet.take(begin + jobSeconds);
        look.busy += jobSeconds;
      }
      head++;
    }
    // With every worker taken for long, jobs run out of time where they wait.
    while (head < queue.length && until - queue[head] > budgetSeconds) {
      head++;
      run.late++;
    }
    queue.splice(0, head);
    head = 0;
  };

  for (let at = options.lookEverySeconds; at <= seconds; at += options.lookEverySeconds) {
    while (next < at) {
      const rate = load(next);
      next += rate > 0 ? -Math.log(1 - random.next()) / rate : 0.1;
      if (rate === 0 || next >= seconds) continue;
      queue.push(next);
      run.requests++;
    }
    serve(at);
    const worked = fleet.hours(at, look.at);
    run.workerHours += worked / 3_600;
    const arrived = run.requests - look.requests;
    const wanted = rule({
      atSeconds: at,
      running: fleet.running(at),
      ready: queue.length - head,
      arrivalRate: arrived / options.lookEverySeconds,
      busyFraction: Math.min(1, look.busy / Math.max(worked, 1e-9)),
      lateShare: arrived === 0 ? 0 : Math.min(1, (run.late - look.late) / arrived),
    });
    if (fleet.bring(wanted, at)) {
      run.wanted.push([at, wanted]);
      run.changes++;
    }
    look = { at, requests: run.requests, late: run.late, busy: 0, worked: 0 };
  }
  return run;
}

interface Member {
  fromSeconds: number;
  freeAtSeconds: number;
}

/** The workers of a simulation; those that start count as paid for, not as running. */
function createFleet(startSeconds: number) {
  let members: Member[] = [{ fromSeconds: 0, freeAtSeconds: 0 }];
  const soonest = (): Member => members.reduce((one, other) => (other.freeAtSeconds < one.freeAtSeconds ? other : one));
  return {
    freeAt: (): number => (members.length === 0 ? Infinity : soonest().freeAtSeconds),
    take(until: number): void {
      soonest().freeAtSeconds = until;
    },
    running: (at: number): number => members.filter(({ fromSeconds }) => fromSeconds <= at).length,
    /** Worker-seconds between two times. */
    hours: (to: number, from: number): number => members.length * (to - from),
    /** Starts or ends workers; whether anything changed. */
    bring(wanted: number, at: number): boolean {
      const before = members.length;
      while (members.length < wanted)
        members.push({ fromSeconds: at + startSeconds, freeAtSeconds: at + startSeconds });
      if (members.length > wanted) members = members.slice(0, wanted);
      return members.length !== before;
    },
  };
}
