import { setTimeout as pause } from 'node:timers/promises';
import { sendOpenLoop } from '@reelay/shared/testing';
import { recoveryMs, type FaultRun } from './answer-phases.ts';
import { watchStalls } from './watch-stalls.ts';

export interface Fault {
  /** Public URL of the gateway that is asked. */
  url: string;
  knownUsers: Set<number>;
  /** Takes the thing away. */
  strike(): Promise<void>;
  /** Resolves when it answers again. */
  bringBack(): Promise<void>;
  lastsMs?: number;
  /** How long requests go on after it is back. */
  watchMs?: number;
}

const rate = 50;
const beforeMs = 2_500;
/** Every so many requests one comes from a user with a history; the others from users that nobody heard of, whose answers are not kept. */
const knownEvery = 10;
const firstNewcomer = 500_000;
let newcomers = 0;

/** Requests at a fixed rate while a fault comes and goes. Everything is counted from when a request was due. */
export async function runFault({
  url,
  knownUsers,
  strike,
  bringBack,
  lastsMs = 5_000,
  watchMs = recoveryMs + 2_500,
}: Fault): Promise<FaultRun> {
  const known = [...knownUsers];
  const userOf = (index: number): number => {
    if (index % knownEvery === 0) return known[(index / knownEvery) % known.length];
    do newcomers++;
    while (knownUsers.has(firstNewcomer + newcomers));
    return firstNewcomer + newcomers;
  };
  const end = new AbortController();
  const watching = watchStalls();
  const sending = sendOpenLoop({
    rate,
    total: Infinity,
    url: (index) => `${url}/recommend/${userOf(index)}`,
    headers: { accept: 'application/json' },
    giveUpMs: 10_000,
    signal: end.signal,
  });
  try {
    await pause(beforeMs);
    const faultAt = performance.now();
    await strike();
    await pause(faultAt + lastsMs - performance.now());
    await bringBack();
    const backAt = performance.now();
    await pause(watchMs);
    end.abort();
    const answers = await sending;
    return { answers, faultAt, backAt, knownUsers, stalls: watching.stalls };
  } finally {
    end.abort();
    await sending;
    watching.stop();
  }
}
