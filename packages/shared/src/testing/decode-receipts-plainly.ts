import type { Receipt, ReceiptBody } from '../contracts/index.ts';

/**
 * The twin of `decodeReceiptBatch` and `decodeReceiptBody`, written from the format alone: one cursor, big integers, no code of the product.
 *
 * Batch: 1 byte format · 6 bytes base time · n, n × (version, data version, commit) · m, m × receipt.
 * Text: length, UTF-8. Lengths and numbers without a size: seven bits a byte, lowest first, the highest bit says that more follow.
 */
export function decodeReceiptsPlainly(bytes: Uint8Array): Receipt[] {
  const read = cursor(bytes);
  if (read.whole(1) !== 3n) throw new Error('format');
  const base = read.whole(6);
  const builds = read.list(() => ({
    modelVersion: read.text() || null,
    dataVersion: read.text(),
    commit: read.text(),
  }));
  return read.list(() => {
    const requestId = read.uuid();
    const userId = Number(read.number());
    const distance = read.number();
    const timeMs = Number(base + (distance & 1n ? -(distance + 1n) / 2n : distance / 2n));
    const first = Number(read.whole(1));
    const second = Number(read.whole(1));
    return {
      requestId,
      userId,
      timeMs,
      outcome: (['model', 'cache', 'fallback'] as const)[first % 4],
      track: first & 4 ? 'canary' : 'stable',
      rung: [null, 'last', 'demographic', 'popular', 'empty'][second % 8] as Receipt['rung'],
      reason: [null, ...reasons][Math.floor(second / 8)] as Receipt['reason'],
      build: builds[Number(read.number())],
      latencyMs: Number(read.number()) / 10,
      workMs: first & 32 ? Number(read.number()) / 10 : null,
      shown: Number(read.number()),
      listHash: Number(read.whole(6)) || null,
      repeats: first & 8 ? read.uuid() : null,
      history: first & 16 ? { items: Number(read.number()), version: Number(read.number()) } : null,
      body: Uint8Array.from(read.list(() => Number(read.whole(1)))),
    };
  });
}

const reasons =
  'OVERLOAD BREAKER_OPEN NO_MODEL HISTORY_LOST VERSION_NOT_LOADED VERSION_WITHDRAWN QUEUE_DOWN TIMEOUT ANSWER_INVALID MALFORMED_ID NO_WORKER'.split(
    ' ',
  );

export function decodeBodyPlainly(bytes: Uint8Array): ReceiptBody {
  const read = cursor(bytes);
  const flags = Number(read.whole(1));
  const more = flags & 128 ? Number(read.whole(1)) : 0;
  const body: ReceiptBody = { list: readList(), seed: 0, propensity: 1, kernelBuild: '', history: [], seen: [] };
  if (flags & 8) Object.assign(body, { seed: Number(read.whole(4)), propensity: read.half() });
  if (more & 8) body.explorationShare = read.double();
  if (flags & 16) body.kernelBuild = read.whole(4).toString(16).padStart(8, '0');
  if (more & 2) {
    const exclude = readSteps();
    body.rules = { ...(JSON.parse(read.text()) as NonNullable<ReceiptBody['rules']>), exclude };
  }
  if (flags & 32) {
    body.history = read.list(() => ({
      index: Number(read.whole(3)),
      minutes: more & 4 ? read.double() : Number(read.whole(2)),
      rating: more & 4 ? read.double() : Number(read.whole(1)) / 2,
    }));
  }
  if (flags & 64) body.seen = readSteps();
  return body;

  function readSteps(): number[] {
    const sums: number[] = [];
    for (const step of read.list(() => Number(read.number()))) sums.push((sums.at(-1) ?? 0) + step);
    return sums;
  }

  function readList(): ReceiptBody['list'] {
    const form = flags & 3;
    if (form === 2) return { form: 'ready', group: Number(read.number()), count: Number(read.number()) };
    if (form === 3) return { form: 'text', items: read.list(() => ({ id: read.text(), score: read.half() })) };
    const places = read.list(() => ({ index: Number(read.whole(form === 0 ? 2 : 3)), score: read.half() }));
    const names = ['personal', 'prior', 'exploration', 'factors', 'neighbours', 'popular'] as const;
    const one = flags & 4 || places.length === 0 ? null : names[Number(read.whole(1))];
    const items = places.map((place) => ({ ...place, source: one ?? names[Number(read.whole(1))] }));
    const step = more & 1 ? Number(read.whole(1)) : 0;
    const foretold = items.map(() => (more & 1 ? (Number(read.whole(1)) * step) / 50 : 0));
    return {
      form: 'indices',
      items: items.map((item, at) => (foretold[at] === 0 ? item : { ...item, foretold: foretold[at] })),
    };
  }
}

function cursor(bytes: Uint8Array) {
  let at = 0;
  const byte = (): bigint => {
    if (at >= bytes.length) throw new Error('end');
    return BigInt(bytes[at++]);
  };
  const whole = (size: number): bigint => {
    let value = 0n;
    for (let place = 0; place < size; place++) value += byte() << BigInt(8 * place);
    return value;
  };
  const number = (): bigint => {
    const next = byte();
    return next < 128n ? next : (next & 127n) + (number() << 7n);
  };
  const list = <T>(item: () => T): T[] => Array.from({ length: Number(number()) }, () => item());
  return {
    whole,
    number,
    list,
    text: () => Buffer.from(list(() => Number(byte()))).toString('utf8'),
    double: () => new DataView(BigUint64Array.of(whole(8)).buffer).getFloat64(0, true),
    half: () => new DataView(Uint16Array.of(Number(whole(2))).buffer).getFloat16(0, true),
    uuid: () =>
      Array.from({ length: 16 }, () => byte().toString(16).padStart(2, '0'))
        .join('')
        .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'),
  };
}
