import type { EventLog } from '@reelay/shared/messaging';
import type { Ledger } from '@reelay/shared/storage';
import { changed, deliveringOther } from './plant-fault.ts';

/** A log that delivers everything from the first line on, whatever position it is asked for; `delivered` counts lines. */
export const fromTheFirstLine = (eventLog: EventLog, delivered: { lines: number }): EventLog =>
  changed(eventLog, {
    follow: (topic, follower) =>
      eventLog.follow(topic, {
        ...follower,
        async from(range) {
          await follower.from(range);
          return range.low;
        },
        async onBatch(batch) {
          const verdict = await follower.onBatch(batch);
          delivered.lines += batch.lines.length;
          return verdict;
        },
      }),
  });

/** A ledger that tells its new owner that nothing is stored yet, as a copy of before would. */
export const withoutProgress = (ledger: Ledger): Ledger =>
  changed(ledger, {
    claim: async (topic, partition) => ({
      ...(await ledger.claim(topic, partition)),
      nextOffset: 0,
      lastLineHash: null,
    }),
  });

/** Fault: a new owner throws the progress away, as if the topic had been made anew. */
export const progressThrownAway = (ledger: Ledger): Ledger =>
  changed(ledger, {
    async claim(topic, partition) {
      const { streamId, ownerEpoch } = await ledger.claim(topic, partition);
      return ledger.beginIncarnation(streamId, ownerEpoch);
    },
  });

/** Fault: lines come back with another minute of the clock in them. */
export const ratingsAtAnotherTime = (eventLog: EventLog): EventLog =>
  deliveringOther(eventLog, (lines) =>
    lines.map((line) => {
      const text = Buffer.from(line.bytes).toString();
      const isRating = text.includes('GET /rate/');
      return isRating ? { ...line, bytes: Buffer.from(text.replace(/T(\d\d):\d\d/, 'T$1:59')) } : line;
    }),
  );
