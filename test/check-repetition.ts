import { rowKinds, type WindowRows } from '@reelay/shared/storage';
import { allRowsIn, compare } from './check-ingest.ts';
import type { World } from './world.ts';

/** All that ingest has written, with the files' lengths and the counts. */
interface Written {
  rows: WindowRows;
  received: number;
  /** Everything as texts. */
  texts: string[];
}

export async function rowsIn(world: World): Promise<Written> {
  const rows = await allRowsIn(world);
  const [counts, files] = [await world.ledger.counts(), await world.ledger.csvFiles()];
  const texts = rowKinds.flatMap((kind) => rows[kind].map((row) => `${kind} ${JSON.stringify(row)}`));
  return {
    rows,
    received: counts.lines.received,
    texts: [...texts, JSON.stringify(counts), ...files.map((file) => JSON.stringify(file))],
  };
}

export const checkSameRows = (before: Written, after: Written): string[] => compare('row', after.texts, before.texts);

/** What is known of people, in whatever number of rows it stands. */
interface Knowledge {
  ratings: string[];
  /** The training set: distinct minutes and newest rating by user and movie. */
  interactions: string[];
  /** Histories as workers read them, with their versions. */
  histories: string[];
}

export async function knowledgeIn({ ledger, histories }: World, userIds: number[]): Promise<Knowledge> {
  const [ratings, interactions]: [string[], string[]] = [[], []];
  await ledger.ratings((rows) => void ratings.push(...rows.map((row) => JSON.stringify(row))));
  await ledger.interactions((rows) => void interactions.push(...rows.map((row) => JSON.stringify(row))));
  const read = await histories.read(userIds);
  return { ratings, interactions, histories: read.map((history) => JSON.stringify(history)) };
}

export const checkSameKnowledge = (before: Knowledge, after: Knowledge): string[] => [
  ...compare('rating', after.ratings, before.ratings),
  ...compare('row of the training set', after.interactions, before.interactions),
  ...compare('history', after.histories, before.histories),
];
