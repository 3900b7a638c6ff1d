import { createHash } from 'node:crypto';
import type { Manifest } from '../../contracts/index.ts';

const seal = /^\{"sha256":"([0-9a-f]{64})",/;
/** How a text begins that an earlier program wrote. */
const unsealed = '{"format":';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The manifest as text that carries its own checksum: the blobs have theirs in it, and without this one nothing would check the manifest itself. */
export function sealManifest(manifest: Manifest): string {
  const text = JSON.stringify(manifest);
  return `{"sha256":"${sha256(text)}",${text.slice(1)}`;
}

/** What the text says; throws when it is no JSON or not what was sealed. A text without a seal, of an earlier program, is taken as it is. */
export function openManifest(text: string): unknown {
  if (text.startsWith(unsealed)) return JSON.parse(text);
  const [head, sum] = seal.exec(text) ?? [];
  if (head === undefined || sha256(`{${text.slice(head.length)}`) !== sum) throw new Error('it differs from its seal');
  return JSON.parse(text);
}
