import type { ChaosTarget } from '@reelay/shared/testing';

/** One holder at a time, in the order of asking. */
export class Turn {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Somebody has it or waits for it. */
  get isTaken(): boolean {
    return this.#waiting > 0;
  }

  /** Resolves with the release when it is the caller's turn. */
  async take(): Promise<() => void> {
    const mine = Promise.withResolvers<void>();
    this.#waiting++;
    void mine.promise.then(() => this.#waiting--);
    const before = this.#last;
    this.#last = before.then(() => mine.promise);
    await before;
    return mine.resolve;
  }
}

/** A target that is away only while it has the turn, so that a scene can keep it from being struck. */
export function takingTurns(target: ChaosTarget, turn: Turn): ChaosTarget {
  let release = (): void => {};
  const away = async (leave: () => void | Promise<void>) => {
    release = await turn.take();
    await leave();
  };
  const back = async (come: () => void | Promise<void>) => {
    try {
      await come();
    } finally {
      release();
    }
  };
  const { stop } = target;
  return {
    name: target.name,
    kill: () => away(() => target.kill()),
    ...(stop === undefined ? {} : { stop: () => away(() => stop.call(target)) }),
    pause: () => away(() => target.pause()),
    resume: () => back(() => target.resume()),
    start: () => back(() => target.start()),
  };
}
