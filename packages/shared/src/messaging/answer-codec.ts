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

/** Scores on their way from or to bytes, in the order of bytes of every machine that runs this. No list is longer. */
const scores = new Float64Array(1_000);
const bytesOfScores = Buffer.from(scores.buffer);
const scoreBytes = scores.BYTES_PER_ELEMENT;

export function encodeAnswer(answer: Answer): string {
  // Enquiries and reasons are rare; with names they need no place of their own.
  if (answer.told !== undefined || answer.reasons !== undefined) return JSON.stringify(answer);
  return packAnswer(answer);
}

function packAnswer({ requestId, userId, modelVersion, history, items, trace, problem }: Answer): string {
  if (items.length > scores.length) throw new RangeError(`a list of ${items.length}`);
  const ids: string[] = [];
  for (const { id, score } of items) scores[ids.push(id) - 1] = score;
  const head = JSON.stringify([requestId, userId, modelVersion, history.items, history.version, ids]);
  const encoded = bytesOfScores.toString('base64', 0, items.length * scoreBytes);
  // Base64 stands in JSON as it is; to have two thirds of the text looked through for that takes a third of the time.
  const traced = trace === undefined ? '0' : `"${trace}"`;
  const end = problem === undefined ? '' : `,"${problem}"`;
  return `${head.slice(0, -1)},"${encoded}",${traced}${end}]`;
}

/** The answer of a text; null for one that is none. What an earlier release wrote, an object with names, is read, too. */
export function decodeAnswer(text: string): Answer | null {
  try {
    const read: unknown = JSON.parse(text);
    if (!Array.isArray(read)) return answerSchema.parse(read);
    const answer = unpack(read as Packed);
    return isPlain(answer) ? answer : answerSchema.parse(answer);
  } catch {
    return null;
  }
}

function unpack(packed: Packed): Answer {
  const [requestId, userId, modelVersion, historyItems, version, ids, encoded, trace, problem] = packed;
  if (ids.length > scores.length || bytesOfScores.write(encoded, 'base64') !== ids.length * scoreBytes)
    throw new RangeError('as many scores as items');
  const items: Answer['items'] = [];
  for (const id of ids) items.push({ id, score: scores[items.length] });
  const history = { items: historyItems, version };
  const answer: Answer = { requestId, userId, modelVersion, history, items };
  if (problem !== undefined) answer.problem = problem;
  if (trace !== 0) answer.trace = trace;
  return answer;
}

const plainTraceMax = 5_000;

/** What the schema asks of an answer with nothing special, in a tenth of its time; false says nothing. */
function isPlain({ requestId, userId, modelVersion, history, items, trace, problem }: Answer): boolean {
  if (typeof requestId !== 'string' || typeof modelVersion !== 'string' || problem !== undefined) return false;
  if (trace !== undefined && (typeof trace !== 'string' || trace.length > plainTraceMax)) return false;
  const { isSafeInteger } = Number;
  if (!isSafeInteger(userId) || !isSafeInteger(history.items) || !isSafeInteger(history.version)) return false;
  for (const { id, score } of items) if (typeof id !== 'string' || !Number.isFinite(score)) return false;
  return true;
}
