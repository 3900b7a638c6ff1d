/** Places in the memory that a meeting's threads share. */
const [arrived, meetings] = [0, 1];

export const meetingMemory = (): Int32Array => new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

/** Returns when `parts` threads have called it; blocks the thread meanwhile. */
export function meet(memory: Int32Array, parts: number): void {
  const meeting = Atomics.load(memory, meetings);
  if (Atomics.add(memory, arrived, 1) + 1 < parts) {
    while (Atomics.load(memory, meetings) === meeting) Atomics.wait(memory, meetings, meeting);
    return;
  }
  Atomics.store(memory, arrived, 0);
  Atomics.add(memory, meetings, 1);
  Atomics.notify(memory, meetings);
}
