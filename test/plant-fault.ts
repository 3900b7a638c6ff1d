import type { Answer } from '@reelay/shared/contracts';
import type { Answers, EventLog, Histories, HistoryVersion, LogLine, Plans } from '@reelay/shared/messaging';

/** A port with some methods replaced; the others keep their `this`. */
export function changed<T extends object>(port: T, change: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      if (name in change) return Reflect.get(change, name) as unknown;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

type ChangeLines = (lines: LogLine[]) => LogLine[];

/** A log whose readers get other lines than stand in it. */
export const deliveringOther = (eventLog: EventLog, change: ChangeLines): EventLog =>
  changed(eventLog, {
    follow: (topic, follower) =>
      eventLog.follow(topic, {
        ...follower,
        onBatch: (batch) => follower.onBatch({ ...batch, lines: change(batch.lines) }),
      }),
  });

/** Remembers the place that it struck, so that a batch read again is struck there again and nowhere else. */
function once(strike: (lines: LogLine[], at: number) => LogLine[]): ChangeLines {
  let struck: LogLine | undefined;
  return (lines) => {
    struck ??= lines.find((line, at) => at > 0 && isWatch(line));
    const at = lines.findIndex((line) => line.offset === struck?.offset && sameBytes(line, struck));
    return at === -1 ? lines : strike(lines, at);
  };
}

const isWatch = ({ bytes }: LogLine): boolean => Buffer.from(bytes).includes('GET /data/m/');
const sameBytes = (a: LogLine, b: LogLine): boolean => Buffer.compare(a.bytes, b.bytes) === 0;

/** Faults between the log and the ingestor; each strikes one watch line. */
export const logFaults = {
  'a line is lost': (eventLog: EventLog) =>
    deliveringOther(
      eventLog,
      once((lines, at) => lines.toSpliced(at, 1)),
    ),
  'a line is given to the ingestor twice': (eventLog: EventLog) =>
    deliveringOther(
      eventLog,
      once((lines, at) => lines.toSpliced(at, 0, lines[at])),
    ),
  'a line comes in the place of another one': (eventLog: EventLog) =>
    deliveringOther(
      eventLog,
      once((lines, at) => lines.with(at, { ...lines[at], bytes: otherMinute(lines[at]) })),
    ),
};

/** The same viewing, two hours later in the movie. */
const otherMinute = ({ bytes }: LogLine): Uint8Array =>
  Buffer.from(
    Buffer.from(bytes)
      .toString()
      .replace(/\d+\.mpg$/, '120.mpg'),
  );

/** Answers that come otherwise than the worker gave them, and are never kept. */
const arrivingOther = (answers: Answers, change: (answer: Answer) => Answer): Answers =>
  changed(answers, {
    listen: (address, onAnswers) => answers.listen(address, (arrived) => onAnswers(arrived.map(change))),
    latest: async () => null,
  });

/** Lists whose items changed places; the scores stand as they stood. */
export const shufflingLists = (answers: Answers): Answers =>
  arrivingOther(answers, (answer) => {
    const { items } = answer;
    const moved = items.map((item, at) => ({ ...item, id: items[(at + 1) % items.length]?.id ?? item.id }));
    return { ...answer, items: moved };
  });

/** Lists that begin with one movie for everybody. */
export const listsThatBeginWith = (answers: Answers, id: string): Answers =>
  arrivingOther(answers, (answer) => {
    const others = answer.items.filter((item) => item.id !== id);
    return { ...answer, items: [{ id, score: 100 }, ...others.slice(0, 19)] };
  });

/** Nobody hears of a second plan. */
export const firstPlanForEver = (plans: Plans): Plans =>
  changed(plans, {
    watch(onPlan) {
      let known = false;
      return plans.watch((plan) => {
        if (!known) onPlan(plan);
        known = true;
      });
    },
  });

/** History never seems to change, so whatever is kept seems fresh. */
export function versionsThatStand(histories: Histories): Histories {
  const first = new Map<number, HistoryVersion>();
  return changed(histories, {
    async version(userId) {
      const found = first.get(userId) ?? (await histories.version(userId));
      first.set(userId, found);
      return found;
    },
  });
}
