import { AppError } from '@reelay/shared/runtime';

/** Numbers of a little-endian blob. Copied where it begins between two numbers, as a typed array must not. */
export function readFloat32(bytes: Uint8Array, name: string): Float32Array {
  const { buffer, byteOffset, length } = aligned(bytes, Float32Array.BYTES_PER_ELEMENT, name);
  return new Float32Array(buffer, byteOffset, length / Float32Array.BYTES_PER_ELEMENT);
}

export function readFloat64(bytes: Uint8Array, name: string): Float64Array {
  const { buffer, byteOffset, length } = aligned(bytes, Float64Array.BYTES_PER_ELEMENT, name);
  return new Float64Array(buffer, byteOffset, length / Float64Array.BYTES_PER_ELEMENT);
}

function aligned(bytes: Uint8Array, size: number, name: string): Uint8Array {
  if (bytes.length % size !== 0)
    throw new AppError('ARTIFACT_CORRUPT', `${name}: ${bytes.length} bytes are not whole numbers of ${size} bytes`);
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}
