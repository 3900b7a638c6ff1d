import { feedbackRequest, type Feedback } from '@reelay/shared/contracts';
import { AppError, type Clock } from '@reelay/shared/runtime';
import { v7 as uuidv7 } from 'uuid';
import type { BatchSender, Sent } from './send-batches.ts';

const judgementsMax = 200;
const gatherMs = 20;

export interface FeedbackTaker {
  /**
   * Resolves when it is safe: in the queue, or on disk for it. `REQUEST_INVALID` for what is no feedback; `QUEUE_DOWN` when nothing would take
   * it, and then it may be sent again with its key.
   */
  take(body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Unlike a receipt, feedback has a caller who waits to know that it is kept. */
export function createFeedbackTaker({ sender, clock }: { sender: BatchSender; clock: Clock }): FeedbackTaker {
  const sending = new Set<Promise<Sent>>();
  let gathered: Feedback[] = [];
  let sent: Promise<Sent> | undefined;
  let seal = (): void => {};

  const nextBatch = (): Promise<Sent> => {
    const due = new Promise<void>((resolve) => {
      const cancel = clock.after(gatherMs, resolve);
      seal = () => {
        cancel();
        resolve();
      };
    });
    const batch = due.then(() => {
      const body = new TextEncoder().encode(JSON.stringify(gathered));
      const rows = gathered.length;
      gathered = [];
      sent = undefined;
      return sender.send('feedback', { id: uuidv7(), body }, rows);
    });
    sending.add(batch);
    void batch.finally(() => sending.delete(batch));
    return batch;
  };

  return {
    async take(body) {
      const parsed = feedbackRequest.safeParse(body);
      if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
        throw new AppError('REQUEST_INVALID', problems.join('; '));
      }
      gathered.push({ ...parsed.data, timeMs: clock.now() });
      const batch = (sent ??= nextBatch());
      if (gathered.length >= judgementsMax) seal();
      if ((await batch) === 'dropped') throw new AppError('QUEUE_DOWN', 'feedback cannot be kept now');
    },
    async close() {
      seal();
      await Promise.all(sending);
    },
  };
}
