import { expect, test } from 'vitest';
import { findOffsets } from './find-offset.ts';
import { parseLine } from './parse-line.ts';
import { startAt } from './start-at.ts';
import { openIngestWorld, testTopic } from './testing/open-ingest-world.ts';
import { inventLines } from './testing/invent-lines.ts';

/** Obviously right: looks at every line. */
function bruteForce(lines: string[], time: number): number {
  const isOlder = (line: string) => {
    const parsed = parseLine(Buffer.from(line));
    return parsed.ok ? parsed.event.time < time : undefined;
  };
  return lines.map(isOlder).lastIndexOf(true) + 1;
}

const timeOf = (line: string): number | undefined => {
  const parsed = parseLine(Buffer.from(line));
  return parsed.ok ? parsed.event.time : undefined;
};

test('the first line at or after a time is found in every partition, whatever dirt lies around it', async () => {
  const world = await openIngestWorld();
  const dirty = Array.from({ length: 6_000 }, (_, place) => `dirt ${place}`);
  const clean = inventLines(12_000);
  const contents = [clean, [...dirty, ...clean.slice(0, 500)], [...clean.slice(0, 6_500), ...dirty], dirty, []];
  await world.eventLog.ensureTopic(testTopic, contents.length);
  for (const [partition, lines] of contents.entries()) {
    for (let at = 0; at < lines.length; at += 5_000)
      await world.eventLog.append(testTopic, lines.slice(at, at + 5_000), { partition });
  }
  const times = [0, 4_102_444_800, ...[0, 1, 499, 500, 6_499, 11_999].flatMap((place) => timeOf(clean[place]) ?? [])];
  expect(times.length).toBeGreaterThan(6);
  for (const time of times) {
    const found = await findOffsets(world.eventLog, testTopic, time, parseLine);
    expect([...found.values()], `time ${time}`).toEqual(
      contents.map((lines, partition) =>
        expect.toSatisfy((offset: number) => isRight(contents[partition] ?? lines, offset, time)),
      ),
    );
  }
  await world.close();
}, 60_000);

/** Dirt has no time: it may stand on either side. No line with a time may stand on the wrong one. */
function isRight(lines: string[], offset: number, time: number): boolean {
  const first = bruteForce(lines, time);
  return (
    offset <= lines.length && offset >= first && lines.slice(first, offset).every((line) => timeOf(line) === undefined)
  );
}

test('a topic that is not there has no offsets', async () => {
  const world = await openIngestWorld();
  expect(await findOffsets(world.eventLog, 'no-such-topic', 0, parseLine)).toEqual(new Map());
  await world.close();
});

test('ingest of a log that was never read begins at the time; what was read is not passed over', async () => {
  const world = await openIngestWorld();
  const lines = inventLines(3_000);
  await world.eventLog.ensureTopic(testTopic, 1);
  await world.eventLog.append(testTopic, lines);
  const offsets = await findOffsets(world.eventLog, testTopic, timeOf(lines[1_000])!, parseLine);
  const first = offsets.get(0)!;
  expect(first).toBe(bruteForce(lines, timeOf(lines[1_000])!));
  expect(await startAt(world.ledger, testTopic, offsets)).toBe(first);
  const ingestor = await world.another();
  await ingestor.start();
  expect(await ingestor.drained(testTopic)).toMatchObject({ received: 3_000 - first });
  await ingestor.stop();
  expect(await startAt(world.ledger, testTopic, new Map([[0, 3_000]]))).toBe(0);
  await world.close();
});
