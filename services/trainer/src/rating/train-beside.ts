/**
 * Trains while it is still being measured what the result is worth. Undefined, and the training is given up, where that is 0: then it does not matter how the
 * training ended. Rejects with the error of either otherwise, and with the reason of `signal`.
 */
export async function trainBeside<T>(
  measure: (signal: AbortSignal) => Promise<number>,
  train: (signal: AbortSignal) => Promise<T>,
  given?: AbortSignal,
): Promise<{ worth: number; trained: T } | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(given ? [given] : [])]);
  const training = train(signal);
  // It may fail before anybody looks, which would end the process.
  training.catch(() => {});
  try {
    const worth = await measure(signal);
    return worth === 0 ? undefined : { worth, trained: await training };
  } finally {
    over.abort();
    await Promise.allSettled([training]);
  }
}
