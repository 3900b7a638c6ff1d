import { modelBytesMax } from '../kernels/memory-plan.ts';
import { RecommenderError } from '../recommender-error.ts';

const pageBytes = 65_536;

/** Memory of an item-item model, seen by all threads that train it. Throws `DATA_INVALID` with one sentence where there is not so much. */
export function takeTileMemory(bytes: number, what: string): WebAssembly.Memory {
  const size = `${what}: the item-item model takes ${bytes} bytes`;
  if (bytes > modelBytesMax) throw new RecommenderError('DATA_INVALID', `${size}; at most ${modelBytesMax} can be had`);
  const pages = Math.ceil(bytes / pageBytes);
  try {
    return sharedMemory(pages);
  } catch (cause) {
    throw new RecommenderError('DATA_INVALID', `${size}, which this machine does not give`, { cause });
  }
}

export function sharedMemory(pages: number): WebAssembly.Memory {
  // In a constant of its own: the types that come with the compiler do not know `shared`.
  const descriptor = { initial: pages, maximum: pages, shared: true };
  return new WebAssembly.Memory(descriptor);
}
