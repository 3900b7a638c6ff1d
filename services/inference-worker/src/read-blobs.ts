import { AppError } from '@reelay/shared/runtime';

/** Numbers of a little-endian blob. Copied where it begins between two numbers, as a typed array must not. */
export function readFloat32(bytes: Uint8Array, name: string): Float32Array {
  const size = Float32Array.BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0)
    throw new AppError('ARTIFACT_CORRUPT', `${name}: ${bytes.length} bytes are not whole numbers of ${size} bytes`);
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(buffer, byteOffset, length / size);
}
