import { connect, type ChannelModel } from 'amqplib';

/**
 * The ceiling that the transport is measured against: request and reply over RabbitMQ as its own tutorial does it (direct reply-to, ack a
 * message), with `noDelay` and prefetch 256, and nothing around it. `client` is asked over IPC for so many requests; `server` sends back what comes.
 */
const [role, url = '', queue = 'raw-echo'] = process.argv.slice(2);
const directReply = 'amq.rabbitmq.reply-to';
const model: ChannelModel = await connect(url, { noDelay: true });

if (role === 'server') await serve();
else await ask();
process.send?.({ ready: true });

async function serve(): Promise<void> {
  const channel = await model.createChannel();
  await channel.assertQueue(queue, { durable: true });
  await channel.prefetch(256);
  await channel.consume(queue, (message) => {
    if (message === null) return;
    const { replyTo, correlationId } = message.properties as { replyTo: string; correlationId: string };
    channel.sendToQueue(replyTo, message.content, { correlationId });
    channel.ack(message);
  });
}

async function ask(): Promise<void> {
  const channel = await model.createChannel();
  await channel.assertQueue(queue, { durable: true });
  const waiting = new Map<string, () => void>();
  const settle = (id: string): void => {
    const told = waiting.get(id);
    waiting.delete(id);
    told?.();
  };
  await channel.consume(directReply, (message) => settle(String(message?.properties.correlationId)), { noAck: true });
  let next = 0;
  process.on('message', ({ inFlight, total, bytes }: { inFlight: number; total: number; bytes: number }) => {
    const content = Buffer.alloc(bytes, 'x');
    let [sent, answered] = [0, 0];
    const started = performance.now();
    const send = (): void => {
      const correlationId = String(next++);
      sent++;
      waiting.set(correlationId, () => {
        answered++;
        if (answered === total) process.send?.({ seconds: (performance.now() - started) / 1_000, answers: answered });
        else if (sent < total) send();
      });
      channel.sendToQueue(queue, content, { correlationId, replyTo: directReply });
    };
    for (let at = 0; at < inFlight; at++) send();
  });
}
