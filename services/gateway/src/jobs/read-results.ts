import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeSliceResults, type JobResult, type UserResult } from '@reelay/shared/contracts';
import type { Ledger } from '@reelay/shared/storage';

const slicesAtOnce = 4;
/** Lines in one piece: about a millisecond of the thread that answers everybody else. */
const linesAtOnce = 50;
const namesAtOnce = 5_000;

export interface ItemNames {
  of(itemId: number): Promise<string>;
}

/** Text ids of dictionary integers, read once: they never change. */
export function createItemNames(ledger: () => Promise<Pick<Ledger, 'itemsFrom'>>): ItemNames {
  const names = new Map<number, string>();
  let next = 1;
  const readOn = async (itemId: number): Promise<void> => {
    for (;;) {
      const page = await (await ledger()).itemsFrom(next, namesAtOnce);
      for (const item of page) names.set(item.itemId, item.id);
      next = (page.at(-1)?.itemId ?? next - 1) + 1;
      if (page.length < namesAtOnce || names.has(itemId)) return;
    }
  };
  return {
    async of(itemId) {
      if (!names.has(itemId)) await readOn(itemId);
      return names.get(itemId) ?? `#${itemId}`;
    },
  };
}

/** Results of the finished slices of a job as lines of JSON, in the order of its users. Nothing is read before somebody takes it. */
export async function* readResults(
  jobId: string,
  ledger: Pick<Ledger, 'sliceResults'>,
  names: ItemNames,
): AsyncGenerator<string> {
  for (let after = -1; ;) {
    const page = await ledger.sliceResults(jobId, after, slicesAtOnce);
    for (const { sliceNo, body } of page) {
      yield* linesOf([...decodeSliceResults(body)], names);
      after = sliceNo;
    }
    if (page.length < slicesAtOnce) return;
  }
}

async function* linesOf(results: UserResult[], names: ItemNames): AsyncGenerator<string> {
  for (let start = 0; start < results.length; start += linesAtOnce) {
    const lines: string[] = [];
    for (const result of results.slice(start, start + linesAtOnce))
      lines.push(JSON.stringify(await named(result, names)));
    yield `${lines.join('\n')}\n`;
    await nextTurn();
  }
}

async function named({ items, ...result }: UserResult, names: ItemNames): Promise<JobResult> {
  const named: JobResult['items'] = [];
  for (const { itemId, ...told } of items) named.push({ id: await names.of(itemId), ...told });
  return { ...result, items: named };
}
