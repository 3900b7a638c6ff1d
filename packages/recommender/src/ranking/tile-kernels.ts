import { compiledKernels } from './compiled-kernels.ts';

/**
 * The arithmetic of the item-item models over one memory, in tiles of `side` × `side` numbers of float32; arguments that end in `At` are places in
 * it, in bytes, that threads may share. Compiled from `assembly/ranking`, a module of its own, so that what serves lists keeps its name; `plainTileKernels` is the twin.
 */
export interface TileKernels {
  /** First eight hex digits of the module's SHA-256. */
  readonly id: string;
  /** Not 0 where a product and its sum are rounded once. */
  fuses(): number;
  /** A tile's columns in strips of four, each number times `sign`. */
  packFours(tileAt: number, toAt: number, side: number, sign: number): void;
  /** A tile's columns in strips of eight. */
  packEights(tileAt: number, toAt: number, side: number): void;
  /** A tile with rows and columns exchanged. */
  transposeTile(tileAt: number, toAt: number, side: number): void;
  /** tile += leftᵀ·right, `left` in strips of four, `right` in strips of eight. */
  multiplyTile(tileAt: number, leftAt: number, rightAt: number, side: number): void;
}

export type TileBuild = keyof typeof compiledKernels;

/** Compiled kernels over a memory. */
export function openTileKernels(memory: WebAssembly.Memory, build: TileBuild): TileKernels {
  const { id, wasm } = compiledKernels[build];
  return tileKernelsOf(new WebAssembly.Module(Buffer.from(wasm, 'base64')), memory, id);
}

export function tileKernelsOf(module: WebAssembly.Module, memory: WebAssembly.Memory, id: string): TileKernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { ...(exports as unknown as Omit<TileKernels, 'id'>), id };
}
