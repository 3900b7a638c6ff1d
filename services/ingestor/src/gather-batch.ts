import type { Window } from './gather-window.ts';
import type { ItemDictionary } from './item-dictionary.ts';
import { historyEventOf, type HistoryMerger } from './merge-histories.ts';
import type { ReadBatch } from './read-batch.ts';

export interface GatherDeps {
  items: ItemDictionary;
  merger: Pick<HistoryMerger, 'add' | 'addWatch'>;
}

/** Lines of a batch from `first` to before `end` into the window and to the histories. */
export function gatherBatch(window: Window, batch: ReadBatch, first: number, end: number, deps: GatherDeps): void {
  const { lines, userIds, itemIds, minutes, times, parsed } = batch;
  for (let place = first; place < end; place += 1) {
    const userId = userIds[place];
    if (userId === 0) gatherParsed(window, { line: lines[place], parsed: parsed.get(place)! }, deps);
    else {
      window.addWatch(lines[place], userId, itemIds[place], minutes[place], times[place], deps.items);
      deps.merger.addWatch(userId, itemIds[place], minutes[place] + 1, times[place]);
    }
  }
}

function gatherParsed(window: Window, read: Parameters<Window['add']>[0], { items, merger }: GatherDeps): void {
  window.add(read, items);
  const event = read.parsed.ok ? historyEventOf(read.parsed.event, (movieId) => items.itemId(movieId)) : undefined;
  if (event !== undefined) merger.add(event);
}
