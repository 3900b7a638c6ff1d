import { open, rename } from 'node:fs/promises';

/** A file, on disk when this resolves. `wx`: it must not be there yet. */
export async function writeDurably(path: string, content: Uint8Array | string, flag: 'w' | 'wx' = 'w'): Promise<void> {
  const file = await open(path, flag);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** By another name first, so that a reader sees the old content or the new, and a crash leaves no half. */
export async function replaceDurably(path: string, content: Uint8Array | string): Promise<void> {
  await writeDurably(`${path}.incoming`, content);
  await rename(`${path}.incoming`, path);
}
