import { open, rename } from 'node:fs/promises';

/** A new file, on disk when this resolves. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The same by another name first, so that a reader sees the old content or the new, and a crash leaves no half. */
export async function replaceDurably(path: string, content: Uint8Array | string): Promise<void> {
  await writeDurably(`${path}.incoming`, content);
  await rename(`${path}.incoming`, path);
}
