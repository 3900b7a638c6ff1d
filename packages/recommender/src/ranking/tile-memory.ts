import { modelBytesMax } from '../kernels/memory-plan.ts';
import { RecommenderError } from '../recommender-error.ts';

const pageBytes = 65_536;

/** Memory of a part of an item-item model. Throws `DATA_INVALID` with one sentence where there is not so much. */
export function takeTileMemory(bytes: number, what: string): WebAssembly.Memory {
  const size = `${what}: the item-item model takes ${bytes} bytes`;
  if (bytes > modelBytesMax) throw new RecommenderError('DATA_INVALID', `${size}; at most ${modelBytesMax} can be had`);
  const pages = Math.ceil(bytes / pageBytes);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new RecommenderError('DATA_INVALID', `${size}, which this machine does not give`, { cause });
  }
}
