import type { Answer, Enquiry, ListRules, RecommendJob, Track } from '@reelay/shared/contracts';
import type { WorkQueue } from '@reelay/shared/messaging';
import type { Clock } from '@reelay/shared/runtime';
import type { Route } from './choose-track.ts';
import { KeyedSlots } from './keyed-slots.ts';
import type { AdaptiveLimit, JobEnd, Ticket } from './limit-in-flight.ts';

export interface Question {
  requestId: string;
  userId: number;
  route: Route;
  /** Version of the history that the asker saw; null when the store did not say in time. */
  historyVersion: number | null;
  /** Length of the list. */
  count: number;
  /** Absent for the plain list. */
  rules?: ListRules;
  /** Set where something else than a list is asked for. */
  enquiry?: Enquiry;
  timeLeftMs: number;
}

/** The answer (perhaps with a `problem`), or why there is none. */
export type Asked = Answer | 'TIMEOUT' | 'QUEUE_DOWN' | 'ANSWER_INVALID' | 'OVERLOAD';

export interface WorkerDesk {
  ask(question: Question): Promise<Asked>;
  /** Settles who waits; answers that nobody waits for (any more) change nothing. Returns how many those were. */
  settle(answers: Answer[]): number;
  readonly waiting: number;
}

export interface DeskDeps {
  queue: Pick<WorkQueue<RecommendJob>, 'publish'>;
  clock: Clock;
  replyTo: string;
  /** How many jobs of a track may be under way. */
  limits: Record<Track, AdaptiveLimit>;
}

interface Flight {
  key: string;
  job: RecommendJob;
  track: Track;
  ticket: Ticket;
  launchedAtMs: number;
  joinUntilMs: number;
  waiters: Set<(result: Asked) => void>;
}

/** A shared job must have this much of its budget left; with less it may be dropped just before it is taken. */
const joinableShare = 0.5;

/**
 * Publishes jobs and holds who waits for them, by request id. The same user asking for the same version with the same history shares the job
 * under way. Each waiter leaves at its own deadline; a flight without waiters is forgotten, so nothing outlives the requests in hand.
 */
export function createWorkerDesk({ queue, clock, replyTo, limits }: DeskDeps): WorkerDesk {
  const flights = new KeyedSlots<Flight>();
  const joinable = new KeyedSlots<Flight>();

  const forget = (flight: Flight, end: JobEnd): void => {
    flights.delete(flight.job.requestId);
    if (joinable.get(flight.key) === flight) joinable.delete(flight.key);
    limits[flight.track].leave(flight.ticket, end);
  };
  const endOf = ({ launchedAtMs }: Flight, answered: boolean): JobEnd => ({
    waitedMs: clock.monotonicMs() - launchedAtMs,
    answered,
  });
  const land = (flight: Flight, result: Asked): void => {
    if (flights.get(flight.job.requestId) !== flight) return;
    forget(flight, result === 'QUEUE_DOWN' ? null : endOf(flight, true));
    for (const tell of flight.waiters) tell(result);
  };
  const launch = (question: Question, key: string): Flight | null => {
    const { requestId, userId, route, count, rules, enquiry, timeLeftMs } = question;
    const ticket = limits[route.track].enter();
    if (ticket === null) return null;
    const job = {
      requestId,
      userId,
      modelVersion: route.version,
      count,
      ...(rules && { rules }),
      ...(enquiry && { enquiry }),
      replyTo,
    };
    const launchedAtMs = clock.monotonicMs();
    const joinUntilMs = launchedAtMs + timeLeftMs * (1 - joinableShare);
    const flight: Flight = { key, job, track: route.track, ticket, launchedAtMs, joinUntilMs, waiters: new Set() };
    flights.set(requestId, flight);
    joinable.set(key, flight);
    queue.publish(route.track, job, { budgetMs: timeLeftMs }).catch(() => land(flight, 'QUEUE_DOWN'));
    return flight;
  };
  const wait = (flight: Flight, timeLeftMs: number): Promise<Asked> =>
    new Promise((resolve) => {
      const tell = (result: Asked): void => {
        cancel();
        flight.waiters.delete(tell);
        if (flight.waiters.size === 0 && flights.get(flight.job.requestId) === flight)
          forget(flight, endOf(flight, false));
        resolve(result);
      };
      const cancel = clock.after(timeLeftMs, () => tell('TIMEOUT'));
      flight.waiters.add(tell);
    });

  return {
    get waiting() {
      return flights.size;
    },
    ask(question) {
      if (question.timeLeftMs < 1) return Promise.resolve('TIMEOUT');
      const key = keyOf(question);
      const underWay = joinable.get(key);
      const shared = underWay !== undefined && clock.monotonicMs() < underWay.joinUntilMs;
      const flight = shared ? underWay : launch(question, key);
      return flight === null ? Promise.resolve('OVERLOAD') : wait(flight, question.timeLeftMs);
    },
    settle(answers) {
      let unclaimed = 0;
      for (const answer of answers) {
        const flight = flights.get(answer.requestId);
        if (flight) land(flight, belongsTo(flight.job, answer) ? answer : 'ANSWER_INVALID');
        else unclaimed++;
      }
      return unclaimed;
    },
  };
}

const keyOf = ({ userId, historyVersion, route, count, rules, enquiry }: Question): string =>
  `${userId} ${historyVersion} ${route.track} ${route.version} ${count} ${rules ? JSON.stringify(rules) : ''}${enquiry ? JSON.stringify(enquiry) : ''}`;

const belongsTo = (job: RecommendJob, answer: Answer): boolean =>
  answer.userId === job.userId && answer.modelVersion === job.modelVersion;
