import { modelBytesMax } from '../kernels/memory-plan.ts';
import { RecommenderError } from '../recommender-error.ts';

const pageBytes = 65_536;

/** Places for arrays in a memory that is taken when all of them are known. */
export interface Arena {
  /** A place for `count` numbers of `bytes` bytes each, on a border of 64. */
  take(count: number, bytes: 4 | 8): number;
  readonly bytes: number;
}

export function createArena(): Arena {
  let end = 64;
  return {
    take(count, bytes) {
      const at = end;
      end += 64 * Math.ceil((count * bytes) / 64);
      return at;
    },
    get bytes() {
      return end;
    },
  };
}

/** Refuses with `DATA_INVALID`, in one sentence, what is above `bytesMax` or what this machine does not give. */
export function takeChainMemory(bytes: number, bytesMax: number, what: string): WebAssembly.Memory {
  const limit = Math.min(bytesMax, modelBytesMax);
  const size = `a chain over ${what} takes ${Math.ceil(bytes / 1e6)} MB`;
  if (bytes > limit)
    throw new RecommenderError(
      'DATA_INVALID',
      `${size}, of which ${Math.floor(limit / 1e6)} MB may be used: take fewer factors`,
    );
  const pages = Math.ceil(bytes / pageBytes);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new RecommenderError('DATA_INVALID', `${size}, which this machine does not give`, { cause });
  }
}
