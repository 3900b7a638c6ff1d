/** Names of source files and their text. */
export type KernelSources = Readonly<Record<string, string>>;

/** The part of the compiler's interface that is used. Its own types declare globals of another language and would hide Node's. */
interface Compiler {
  main(
    options: readonly string[],
    files: {
      readFile: (name: string) => string | null;
      writeFile: (name: string, contents: Uint8Array | string) => void;
      listFiles: () => string[];
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

const compilerModule: string = 'assemblyscript/asc';

/**
 * Compiles the AssemblyScript sources of `assembly/` to a WebAssembly module; the same sources give the same bytes. `relaxed` fuses products
 * and sums in one rounding where the processor does, and so gives other last bits on other machines. `entry` exports what the module does. `shared`: over memory that threads share.
 */
export async function compileKernels(
  sources: KernelSources,
  { relaxed, entry = 'index.ts', shared = false }: { relaxed: boolean; entry?: string; shared?: boolean },
): Promise<Uint8Array> {
  const { default: compiler } = (await import(compilerModule)) as { default: Compiler };
  let compiled: Uint8Array | undefined;
  const features = relaxed ? 'simd,relaxed-simd' : 'simd';
  const memory = shared ? ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'] : [];
  const options = ['--enable', features, ...memory, '--runtime', 'stub', '--importMemory', '--noAssert', '-O3'];
  const { error, stderr } = await compiler.main([entry, '--outFile', 'kernels.wasm', ...options], {
    readFile: (name) => sources[name] ?? null,
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm' && typeof contents !== 'string') compiled = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === undefined) {
    throw new Error(`the kernels do not compile: ${stderr.toString()}`, { cause: error });
  }
  return compiled;
}
