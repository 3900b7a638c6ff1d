import { answer as answerSchema, type Answer } from '../contracts/index.ts';

/**
 * An answer as it is kept and travels: a JSON array in this order, the scores as base64 of little-endian float64. Names of fields and digits of
 * scores would be two thirds of it, and each answer is written twice and read once or more.
 */
type Packed = [
  requestId: string,
  userId: number,
  modelVersion: string,
  historyItems: number,
  historyVersion: number,
  ids: string[],
  scores: string,
  trace: string | 0,
  problem?: Answer['problem'],
];

const scoreBytes = 8;

export function encodeAnswer(answer: Answer): string {
  // Enquiries and reasons are rare; with names they need no place of their own.
  if (answer.told !== undefined || answer.reasons !== undefined) return JSON.stringify(answer);
  return packAnswer(answer);
}

function packAnswer({ requestId, userId, modelVersion, history, items, trace, problem }: Answer): string {
  const scores = Buffer.allocUnsafe(items.length * scoreBytes);
  const ids: string[] = [];
  for (const { id, score } of items) scores.writeDoubleLE(score, (ids.push(id) - 1) * scoreBytes);
  const packed: Packed = [
    requestId,
    userId,
    modelVersion,
    history.items,
    history.version,
    ids,
    scores.toString('base64'),
    trace ?? 0,
  ];
  if (problem !== undefined) packed.push(problem);
  return JSON.stringify(packed);
}

/** The answer of a text; null for one that is none. What an earlier release wrote, an object with names, is read, too. */
export function decodeAnswer(text: string): Answer | null {
  try {
    const read: unknown = JSON.parse(text);
    return answerSchema.parse(Array.isArray(read) ? unpack(read as Packed) : read);
  } catch {
    return null;
  }
}

function unpack(packed: Packed): unknown {
  const [requestId, userId, modelVersion, items, version, ids, scores, trace, problem] = packed;
  const bytes = Buffer.from(scores, 'base64');
  if (bytes.length !== ids.length * scoreBytes) throw new RangeError('as many scores as items');
  return {
    requestId,
    userId,
    modelVersion,
    history: { items, version },
    items: ids.map((id, at) => ({ id, score: bytes.readDoubleLE(at * scoreBytes) })),
    ...(problem !== undefined && { problem }),
    ...(trace !== 0 && { trace }),
  };
}
