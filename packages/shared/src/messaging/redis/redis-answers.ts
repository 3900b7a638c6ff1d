import type { Answer } from '../../contracts/index.ts';
import { decodeAnswer, encodeAnswer } from '../answer-codec.ts';
import { answerTtlSeconds, noticeTtlSeconds, noticesMax, type AnswerPost, type Answers } from '../answers.ts';
import type { OpenOptions } from '../open.ts';
import type { Subscription } from '../work-queue.ts';
import type { CommandPipe } from './command-pipe.ts';
import { NoticeReader } from './notice-reader.ts';
import { openCommands, type RedisCommands } from './redis-client.ts';
import type { ReplyReader } from './reply-reader.ts';

const ttl = `${answerTtlSeconds}`;
const status = (reply: ReplyReader): string => reply.status();
const integer = (reply: ReplyReader): number => reply.integer();
const kept = (reply: ReplyReader): Answer | null => {
  const body = reply.text();
  return body === null ? null : decodeAnswer(body);
};
const trim = (pipe: CommandPipe, key: string): Promise<string> =>
  pipe.send(status, 'LTRIM', key, `-${noticesMax}`, '-1');

/**
 * A kept answer is a string under the user, a waiting gateway a list that it reads with a blocking pop: unlike pub/sub, a
 * list keeps what comes while the gateway reconnects.
 */
export async function openRedisAnswers(url: string, options: OpenOptions = {}): Promise<Answers> {
  return new RedisAnswers(url, options, await openCommands('answers', url, options));
}

class RedisAnswers implements Answers {
  readonly #url: string;
  readonly #options: OpenOptions;
  readonly #commands: RedisCommands;
  readonly #readers = new Set<NoticeReader>();

  constructor(url: string, options: OpenOptions, commands: RedisCommands) {
    this.#url = url;
    this.#options = options;
    this.#commands = commands;
  }

  isUp(): boolean {
    return this.#commands.isUp();
  }

  async post(posts: AnswerPost[]): Promise<void> {
    const written = posts.map((post) => ({ ...post, body: encodeAnswer(post.answer) }));
    const byAddress = Map.groupBy(written, ({ replyTo }) => replyTo);
    await this.#commands.call('post answers', (pipe) => {
      const commands: Promise<unknown>[] = [];
      for (const { answer, body, keep = true } of written) {
        if (!keep || answer.problem !== undefined) continue;
        commands.push(pipe.send(status, 'SET', this.#userKey(answer.userId), body, 'EX', ttl));
      }
      for (const [address, notices] of byAddress) {
        const key = this.#addressKey(address);
        const pushed = pipe.send(integer, 'RPUSH', key, ...notices.map(({ body }) => body));
        // Hardly ever: somebody reads it.
        commands.push(pushed.then((length) => (length > noticesMax ? trim(pipe, key) : undefined)));
        commands.push(pipe.send(integer, 'EXPIRE', key, `${noticeTtlSeconds}`));
      }
      return Promise.all(commands);
    });
  }

  async keep(answers: Answer[]): Promise<void> {
    await this.#commands.call('keep answers', (pipe) =>
      Promise.all(
        answers.map((answer) =>
          pipe.send(status, 'SET', this.#userKey(answer.userId), encodeAnswer(answer), 'EX', ttl),
        ),
      ),
    );
  }

  latest(userId: number): Promise<Answer | null> {
    return this.#commands.ask('latest answer', kept, 'GET', this.#userKey(userId));
  }

  async listen(address: string, onAnswers: (answers: Answer[]) => void): Promise<Subscription> {
    this.#commands.assertOpen();
    const reader = new NoticeReader(this.#url, this.#addressKey(address), this.#options, (bodies) => {
      const answers = bodies.map(decodeAnswer).filter((read) => read !== null);
      return answers.length > 0 ? onAnswers(answers) : undefined;
    });
    this.#readers.add(reader);
    const stop = async (): Promise<void> => {
      this.#readers.delete(reader);
      await reader.stop();
    };
    return { stop };
  }

  async close(): Promise<void> {
    this.#commands.close();
    await Promise.all([...this.#readers].map((reader) => reader.stop()));
  }

  #userKey(userId: number): string {
    return `${this.#commands.namespace}:a:${userId}`;
  }

  #addressKey(address: string): string {
    return `${this.#commands.namespace}:l:${address}`;
  }
}
