/** Runs one step of the setup and says how long it took. */
export type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** A step that writes `… what` before and `what  seconds` after. */
export function createStep(write: (line: string) => void): Step {
  return async (what, work) => {
    write(`… ${what}`);
    const startedAt = performance.now();
    const result = await work();
    write(`✓ ${what}  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    return result;
  };
}
