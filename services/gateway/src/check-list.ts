import { isMovieId, type RecommendedItem } from '@reelay/shared/contracts';

/** True for a list that may leave the gateway: at most `lengthMax` items, each once, each id in the grammar (so none can break the text line). */
export function isUsableList(items: readonly RecommendedItem[], lengthMax: number, lengthMin = 1): boolean {
  if (items.length < lengthMin || items.length > lengthMax) return false;
  const ids = new Set<string>();
  for (const { id, score } of items) {
    if (!isSound(id) || !Number.isFinite(score)) return false;
    ids.add(id);
  }
  return ids.size === items.length;
}

/** Ids that were found to be such: those of a catalogue, so the same ones again and again. */
const sound = new Set<string>();
const soundMax = 100_000;

function isSound(id: string): boolean {
  if (sound.has(id)) return true;
  if (!isMovieId(id)) return false;
  if (sound.size >= soundMax) sound.clear();
  sound.add(id);
  return true;
}
