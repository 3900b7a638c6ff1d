import { z } from 'zod';
import { fallbackRungs, outcomes, fallbackReasons } from './answer.ts';
import { itemSources, type ItemSource } from './item-source.ts';
import { listRules } from './job.ts';
import { tracks } from './plan.ts';

/** Items are places in the catalogue of the model version, so an item costs four bytes. */
export interface ReceiptItem {
  index: number;
  /** Rounded to float16. */
  score: number;
  source: ItemSource;
  /** Rating that the model expects of the user, in points; absent where it says nothing. See `writeForetold` for its steps. */
  foretold?: number;
}

/** The rules that a list was made under, its items as places in the catalogue; with them it can be made once more. */
export const receiptRules = z
  .object({
    ...listRules.shape,
    /** Ascending. */
    exclude: z.array(z.number().int().nonnegative()),
    /** How many items were asked for. */
    count: z.number().int().min(1),
  })
  .strict();
export type ReceiptRules = z.infer<typeof receiptRules>;

/**
 * `indices`: what a worker made. `ready`: the first `count` ids of the version's ready list of this group (0: everybody). `text`: ids in full,
 * for lists that no catalogue knows: before the first model, and answers of workers that leave no trace.
 */
export type ReceiptList =
  | { form: 'indices'; items: ReceiptItem[] }
  | { form: 'ready'; group: number; count: number }
  | { form: 'text'; items: { id: string; score: number }[] };

/** How a list was made, as far as the worker knows: enough to make it once more. */
export interface ReceiptBody {
  list: ReceiptList;
  /** Of the exploration; 0 without. */
  seed: number;
  /** Probability with which the list would have been chosen; 1 without exploration. Rounded to float16. */
  propensity: number;
  /** Share of the places that are drawn; absent without exploration. */
  explorationShare?: number;
  /** First eight hex digits of the commit that computed it; empty when unknown. */
  kernelBuild: string;
  /** Absent for the plain list, of as many items as it holds. */
  rules?: ReceiptRules;
  /** What was folded in, in that order. */
  history: { index: number; minutes: number; rating: number }[];
  /** What else was left out as seen, ascending. */
  seen: number[];
}

/** What the gateway knows of one answer. */
export interface ReceiptHead {
  requestId: string;
  /** 0 for an id that was none and was answered all the same. */
  userId: number;
  /** When it was answered, milliseconds since 1970. */
  timeMs: number;
  /** The plan's track of the user; a fallback may show another version. */
  track: (typeof tracks)[number];
  outcome: (typeof outcomes)[number];
  rung: (typeof fallbackRungs)[number] | null;
  reason: (typeof fallbackReasons)[number] | null;
  /** From arrival to answer, in tenths. */
  latencyMs: number;
  /**
   * From asking the workers to the arrival of their answer, in tenths; who waited in vain, as long as that was. Null when nobody was
   * asked, and in receipts of earlier programs.
   */
  workMs: number | null;
  /** How many items of the list were shown: its first ones. */
  shown: number;
  /** The request whose list is shown again (cache, last list, shared work); null for a list made for this one. */
  repeats: string | null;
  /** Items and version of the history; null where none was read. */
  history: { items: number; version: number } | null;
  /** See `listHash`, of what was shown; null in receipts of earlier programs. */
  listHash: number | null;
}

/** Which code and data stood behind it; said once a batch. */
export interface ReceiptBuild {
  /** Null for a list of no version. */
  modelVersion: string | null;
  /** Hash of the training data; empty when the manifest could not be read. */
  dataVersion: string;
  /** Commit of the gateway. */
  commit: string;
}

export type Receipt = ReceiptHead & { build: ReceiptBuild; body: Uint8Array };

const shownItem = z.object({
  /** Null when the artifact is gone: the version and the index still name it. */
  id: z.string().nullable(),
  index: z.number().int().nullable(),
  score: z.number().nullable(),
  source: z.enum(itemSources).nullable(),
  /** Rating that was expected, in points; null where the model said nothing. */
  foretold: z.number().nullable(),
});

/** Body of `GET /provenance/:requestId`: a receipt with its indices resolved by the catalogue of its version. */
export const provenance = z.object({
  requestId: z.string(),
  userId: z.number().int(),
  time: z.string(),
  track: z.enum(tracks),
  outcome: z.enum(outcomes),
  rung: z.enum(fallbackRungs).nullable(),
  reason: z.enum(fallbackReasons).nullable(),
  latencyMs: z.number(),
  modelVersion: z.string().nullable(),
  dataVersion: z.string(),
  commit: z.string(),
  kernelBuild: z.string(),
  repeats: z.string().nullable(),
  seed: z.number().int(),
  propensity: z.number(),
  /** Share of the places that were drawn; null without exploration. */
  explorationShare: z.number().nullable(),
  /** What the caller wished for, items by text id where the catalogue is there; null for the plain list. */
  rules: z.object({ ...listRules.shape, exclude: z.array(z.string()), count: z.number().int() }).nullable(),
  items: z.array(shownItem),
  history: z.object({ items: z.number().int(), version: z.number().int() }).nullable(),
  historyUsed: z.array(
    z.object({ id: z.string().nullable(), index: z.number().int(), minutes: z.number(), rating: z.number() }),
  ),
  otherSeen: z.array(z.object({ id: z.string().nullable(), index: z.number().int() })),
});
export type Provenance = z.infer<typeof provenance>;
