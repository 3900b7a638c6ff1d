import type { EventLog } from '@reelay/shared/messaging';
import { generateHour } from '../generate-hour.ts';

const linesAtOnce = 10_000;

/** What stands in a topic, counted by looking for one word of each kind. */
export interface Produced {
  topic: string;
  lines: number;
  watches: number;
  ratings: number;
  requests: number;
}

/** A topic of one partition, as the course's, full of an hour of its own. */
export async function produceLines(eventLog: EventLog, topic: string, lines: number, hour: number): Promise<Produced> {
  const produced: Produced = { topic, lines: 0, watches: 0, ratings: 0, requests: 0 };
  await eventLog.ensureTopic(topic, 1);
  let some: string[] = [];
  for (const line of generateHour(lines, { seed: 1 + hour, hour })) {
    count(produced, line);
    if (some.push(line) < linesAtOnce) continue;
    await eventLog.append(topic, some, { partition: 0 });
    some = [];
  }
  if (some.length > 0) await eventLog.append(topic, some, { partition: 0 });
  return produced;
}

function count(produced: Produced, line: string): void {
  produced.lines += 1;
  if (line.includes(',GET /data/m/')) produced.watches += 1;
  else if (line.includes(',GET /rate/')) produced.ratings += 1;
  else if (line.includes(',recommendation request ')) produced.requests += 1;
}
