import type { ConsumeMessage } from 'amqplib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OpenTags } from './open-tags.ts';

const messageOf = (deliveryTag: number): ConsumeMessage => ({ fields: { deliveryTag } }) as ConsumeMessage;

/** A broker's side of a channel: knows what is open, and refuses what a real one closes the channel for. */
class Broker {
  readonly open: Set<number>;
  frames: [tag: number, allUpTo: boolean][] = [];

  constructor(tags: number[]) {
    this.open = new Set(tags);
  }

  readonly ack = ({ fields }: { fields: { deliveryTag: number } }, allUpTo = false): void => {
    const tag = fields.deliveryTag;
    this.frames.push([tag, allUpTo]);
    if (!this.open.has(tag)) throw new Error(`unknown delivery tag ${tag}`);
    for (const known of this.open) if (known === tag || (allUpTo && known < tag)) this.open.delete(known);
  };
}

function taken(count: number) {
  const messages = Array.from({ length: count }, (_, i) => messageOf(i + 1));
  const broker = new Broker(messages.map(({ fields }) => fields.deliveryTag));
  const tags = new OpenTags(broker);
  for (const message of messages) tags.add(message);
  const pick = (...wanted: number[]) => wanted.map((tag) => messages[tag - 1]);
  return { broker, tags, pick };
}

test('a batch of the oldest is one frame', () => {
  const { broker, tags, pick } = taken(5);
  tags.ack(pick(1, 2, 3));
  tags.ack(pick(4, 5));
  expect(broker.frames).toEqual([
    [3, true],
    [5, true],
  ]);
});

test('what is still in hand is never acked along', () => {
  const { broker, tags, pick } = taken(6);
  tags.ack(pick(1, 2, 4, 6));
  expect([...broker.open]).toEqual([3, 5]);
  tags.ack(pick(3));
  expect([...broker.open]).toEqual([5]);
});

test('in any order and cut, exactly what was settled is settled, once', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(Array.from({ length: 12 }, (_, i) => i + 1)),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
      (order, sizes) => {
        const { broker, tags, pick } = taken(12);
        for (let at = 0, cut = 0; at < order.length; at += sizes[cut++] ?? 1) {
          tags.ack(pick(...order.slice(at, at + (sizes[cut] ?? 1))));
          const done = new Set(order.slice(0, at + (sizes[cut] ?? 1)));
          expect([...broker.open]).toEqual([...Array(12).keys()].map((i) => i + 1).filter((tag) => !done.has(tag)));
        }
        expect(tags.gone).toBe(false);
      },
    ),
  );
});

test('settling twice says nothing to the broker, and neither does a channel that is gone', () => {
  const { broker, tags, pick } = taken(3);
  tags.ack(pick(1));
  tags.ack(pick(1));
  tags.lose();
  tags.ack(pick(2, 3));
  expect(broker.frames).toEqual([[1, false]]);
  expect(() => broker.ack(messageOf(1))).toThrow('unknown delivery tag');
});
