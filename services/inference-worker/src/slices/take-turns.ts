/** Runs the work when all that was asked for before has ended, well or not. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** One work at a time, in the order of asking. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const own = last.then(work);
    last = own.catch(() => {});
    return own;
  };
}
