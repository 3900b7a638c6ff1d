import type { ArtifactStore } from '@reelay/shared/storage';
import { loadModel } from '../../services/inference-worker/src/load-model.ts';

export interface LoadHold {
  /** Milliseconds from the start of the load to its end. */
  loadMs: number;
  /** The longest work between two turns of the event loop, in milliseconds of this thread's CPU: what other processes take does not count. */
  heldMs: number;
}

/** Loads a version while something else asks for every turn of the event loop. */
export async function holdOfLoad(version: string, artifacts: ArtifactStore): Promise<LoadHold> {
  let heldMs = 0;
  let last = threadMs();
  let ended = false;
  const tick = (): void => {
    const now = threadMs();
    heldMs = Math.max(heldMs, now - last);
    last = now;
    if (!ended) setImmediate(tick);
  };
  setImmediate(tick);
  const started = performance.now();
  await loadModel(version, artifacts);
  const loadMs = performance.now() - started;
  await new Promise((resolve) => setImmediate(resolve));
  ended = true;
  return { loadMs, heldMs };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
