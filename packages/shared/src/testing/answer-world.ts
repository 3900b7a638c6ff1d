import type { Receipt } from '../contracts/index.ts';
import { listHash } from '../runtime/index.ts';
import type { RecommendationRow } from '../storage/index.ts';
import { aRecommendation, aTime } from './ledger-builders.ts';
import { aReceipt, aRequestId } from './receipt-builders.ts';

/** Answers as a log and as receipts, and which belong together. */
export interface AnswerWorld {
  /** In order of time. */
  lines: RecommendationRow[];
  /** In no order. */
  receipts: Receipt[];
  /** Version of the receipt of each line; null where it was lost. */
  versions: (string | null)[];
  /** Lines whose receipt is there. */
  linked: number;
}

const startMs = Date.UTC(2031, 4, 6, 12);
const users = 60;
const millisecondsApart = 200;

/**
 * Five requests a second of wall time for `answers / 5` seconds; `speed` seconds of log time pass in each. A new version every 500 answers. A
 * user's list changes with the version and every third time or so. Every 40th receipt is lost; every 30th belongs to somebody who is in no log.
 */
export function anAnswerWorld({ seed, answers, speed }: { seed: number; answers: number; speed: number }): AnswerWorld {
  const world: AnswerWorld = { lines: [], receipts: [], versions: [], linked: 0 };
  let state = seed;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  for (let place = 0; place < answers; place++) {
    const version = `${1 + Math.floor(place / 500)}-aaaaaa`;
    const userId = 1 + random(users);
    const result = `${version},${random(3)},item+${userId}`;
    const afterMs = place * millisecondsApart;
    const logMs = aTime * 1_000 + afterMs * speed;
    const lineHash = place.toString(16).padStart(16, '0');
    world.lines.push(
      aRecommendation({ time: Math.floor(logMs / 1_000), millisecond: logMs % 1_000, userId, lineHash, result }),
    );
    const isLost = place % 40 === 7;
    world.versions.push(isLost ? null : version);
    const timeMs = startMs + afterMs + random(50);
    const receipt = { timeMs, userId, listHash: listHash(userId, result), build: buildOf(version) };
    if (!isLost) world.receipts.push(aReceipt(place, { ...receipt, requestId: aRequestId(place, timeMs) }));
    if (place % 30 === 11) world.receipts.push(aStranger(place, timeMs));
  }
  world.linked = world.versions.filter((version) => version !== null).length;
  world.receipts.sort((a, b) => a.requestId.slice(-3).localeCompare(b.requestId.slice(-3)));
  return world;
}

const buildOf = (modelVersion: string): Receipt['build'] => ({ ...aReceipt(0).build, modelVersion });

/** Asks beside the simulator: no line of the log is theirs. */
const aStranger = (place: number, timeMs: number): Receipt =>
  aReceipt(place, { timeMs, requestId: aRequestId(1_000_000 + place, timeMs), userId: users + 1 + (place % 5) });

/**
 * How many lines have their version. Where a receipt was lost, a line may have that of the same user's same list and none of another version's,
 * so there null and the same version are right.
 */
export const versionsRight = ({ versions, lines }: AnswerWorld, found: (string | null)[]): number =>
  found.filter((version, place) => version === null || version === lines[place].result.split(',')[0]).length -
  Math.abs(found.filter((version) => version === null).length - versions.filter((version) => version === null).length);
