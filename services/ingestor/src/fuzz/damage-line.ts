import { lineBytesMax } from '../parse-line.ts';
import type { Below } from './generate-line.ts';

const known = Buffer.from(', /=:.-+ %0159GETmspgAF_');

type Damage = (line: Buffer, below: Below) => Buffer;

const splice = (line: Buffer, at: number, removed: number, put: Uint8Array): Buffer =>
  Buffer.concat([line.subarray(0, at), put, line.subarray(Math.min(line.length, at + removed))]);
const place = (line: Buffer, below: Below): number => below(line.length + 1);
const some = (below: Below): Uint8Array => Uint8Array.of(below(2) === 0 ? below(256) : known[below(known.length)]);

/** What happens to lines on their way: bytes put in, lost, changed, repeated, moved, and lines that run into each other. */
const damages: Damage[] = [
  (line, below) => splice(line, place(line, below), 0, some(below)),
  (line, below) => splice(line, place(line, below), 1, some(below)),
  (line, below) => splice(line, place(line, below), 1 + below(3), Buffer.alloc(0)),
  (line, below) => line.subarray(0, place(line, below)),
  (line, below) => line.subarray(place(line, below)),
  (line, below) => splice(line, place(line, below), 0, line.subarray(place(line, below))),
  (line, below) => Buffer.concat([line, line.subarray(place(line, below))]),
  (line, below) => splice(line, place(line, below), 0, Buffer.alloc(below(40), some(below))),
];

/** One to three damages. One line in 2,000 becomes as long as the limit, give or take a byte, and one in 100,000 1 MiB long. */
export function damageLine(line: Uint8Array, below: Below): Uint8Array {
  let damaged: Buffer = Buffer.from(line);
  for (let count = 1 + below(3); count > 0; count -= 1) damaged = damages[below(damages.length)](damaged, below);
  const length = below(100_000) === 0 ? 1 << 20 : below(2_000) === 0 ? lineBytesMax - 1 + below(3) : 0;
  return length <= damaged.length
    ? damaged
    : splice(damaged, place(damaged, below), 0, Buffer.alloc(length - damaged.length, some(below)));
}
