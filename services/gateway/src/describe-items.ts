import { decodeReceiptBody, type Answer, type ItemSource, type RecommendResponse } from '@reelay/shared/contracts';
import type { Reply } from './answer-request.ts';

/** A reply as JSON callers see it: each item says what brought it up and, where that was wished for, by which items of the history. */
export function describeItems({ response, origin }: Pick<Reply, 'response' | 'origin'>): RecommendResponse {
  const sources = sourcesOf(origin);
  const reasons = 'answer' in origin ? origin.answer.reasons : undefined;
  const items = response.items.map((item, at) => {
    const [source, because] = [sources?.(at), reasons?.[at]];
    return { ...item, ...(source && { source }), ...(because && { reasons: because }) };
  });
  return { ...response, items };
}

/** By place; undefined where nothing tells: parts of lists, and answers of workers that leave no trace. */
function sourcesOf(origin: Reply['origin']): ((place: number) => ItemSource | undefined) | undefined {
  if ('group' in origin) return () => (origin.group === 0 ? 'popular' : 'prior');
  const traced = 'answer' in origin ? tracedSources(origin.answer) : [];
  return (place) => traced[place];
}

/** What the receipt keeps tells it, so that the answer need not be longer for the callers who want text. */
function tracedSources({ trace }: Answer): ItemSource[] {
  if (trace === undefined) return [];
  try {
    const { list } = decodeReceiptBody(Buffer.from(trace, 'base64'));
    return list.form === 'indices' ? list.items.map(({ source }) => source) : [];
  } catch {
    return [];
  }
}
