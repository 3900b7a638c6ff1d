/**
 * Gives timers, sockets and a stop their turn: training computes for seconds in the thread that also answers the admin port.
 * Throws the signal's reason once it fired.
 */
export async function letOthersRun(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  // A macrotask; a promise alone would go before everything that waits.
  await new Promise<void>((resume) => void setImmediate(resume));
  signal?.throwIfAborted();
}
