/** Longest wait, in seconds. */
const slots = 128;

/** Things that wait for a second of log time, at most 127 ahead; the order within a second is that of coming. */
export class SecondWheel<T> {
  private readonly waiting: T[][] = Array.from({ length: slots }, () => []);
  size = 0;

  put(second: number, thing: T): void {
    this.waiting[second % slots].push(thing);
    this.size++;
  }

  /** Takes everything that waits for `second`. Every second must be taken, one after the other. */
  take(second: number): T[] {
    const due = this.waiting[second % slots];
    if (due.length === 0) return due;
    this.waiting[second % slots] = [];
    this.size -= due.length;
    return due;
  }
}
