/** Answers with what is kept under a key, else with what `read` brings, which is then kept. */
export type Kept<T> = (key: string, read: () => Promise<T>) => Promise<T>;

/**
 * Keeps the last `max` things that were read: those who ask for one while it is read share the reading, and the one that was read first goes when another
 * needs its place. A reading that fails is not kept: the next who asks reads again.
 */
export function keepLast<T>(max: number): Kept<T> {
  const kept = new Map<string, Promise<T>>();
  return (key, read) => {
    const known = kept.get(key);
    if (known) return known;
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= max) kept.delete(oldest);
    const reading = read();
    kept.set(key, reading);
    // Another reading may stand there by now.
    reading.catch(() => kept.get(key) === reading && kept.delete(key));
    return reading;
  };
}
