import { hash } from 'node:crypto';
import type { LoggedAnswer, TimeWindow, TruthLedger } from '@reelay/shared/storage';

/** Requests that one model version answered, as the simulator logged them. */
export interface VersionFigures {
  /** Null: no receipt was found for the line, or the answer came from no model. */
  modelVersion: string | null;
  requests: number;
  ok: number;
  availability: number;
  distinctLists: number;
  /** `distinctLists / requests`. */
  personalisedShare: number;
}

/** Lists by the first 52 bits of a hash, kept as a number: two of a million fall together once in ten thousand reports. */
interface Tally {
  requests: number;
  ok: number;
  lists: Set<number>;
}

/** One pass over the answers of a window. Versions in their order, answers without one last. */
export async function readVersions(
  ledger: TruthLedger,
  window: TimeWindow,
): Promise<{ distinctLists: number; versions: VersionFigures[] }> {
  const tallies = new Map<string | null, Tally>();
  const lists = new Set<number>();
  await ledger.answers(window, (answers) => {
    for (const answer of answers) {
      const list = count(tallies, answer);
      if (list !== undefined) lists.add(list);
    }
  });
  const ordered = [...tallies].sort(([a], [b]) =>
    a === null ? 1 : b === null ? -1 : a.localeCompare(b, 'en', { numeric: true }),
  );
  return {
    distinctLists: lists.size,
    versions: ordered.map(([modelVersion, tally]) => figuresOf(modelVersion, tally)),
  };
}

/** Returns the answer's list as a number, undefined for a failure. */
function count(tallies: Map<string | null, Tally>, { status, result, modelVersion }: LoggedAnswer): number | undefined {
  const tally = tallies.get(modelVersion) ?? { requests: 0, ok: 0, lists: new Set() };
  tallies.set(modelVersion, tally);
  tally.requests += 1;
  if (status !== 200) return undefined;
  const list = Number.parseInt(hash('sha256', result, 'hex').slice(0, 13), 16);
  tally.ok += 1;
  tally.lists.add(list);
  return list;
}

const figuresOf = (modelVersion: string | null, { requests, ok, lists }: Tally): VersionFigures => ({
  modelVersion,
  requests,
  ok,
  availability: ok / requests,
  distinctLists: lists.size,
  personalisedShare: lists.size / requests,
});
