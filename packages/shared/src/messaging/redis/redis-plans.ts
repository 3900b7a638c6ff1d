import type { Redis } from 'ioredis';
import { plan as planSchema, type Plan } from '../../contracts/index.ts';
import { systemClock } from '../../runtime/index.ts';
import { tell } from '../listeners.ts';
import type { OpenOptions } from '../open.ts';
import type { Plans } from '../plans.ts';
import type { Subscription } from '../work-queue.ts';
import { connectReader, firstReady, openCommands, reportOutages, silence, type RedisCommands } from './redis-client.ts';
import { redisScript, runScript } from './redis-script.ts';
import type { ReplyReader } from './reply-reader.ts';

const pollMs = 1_000;
const subscribeMs = 500;
const text = (reply: ReplyReader): string | null => reply.text();

/** Keeps the plan of the highest epoch; a text that is no plan counts as none. ARGV: epoch, plan, channel. */
const announceScript = redisScript(`
local text = redis.call('GET', KEYS[1])
if text then
  local ok, known = pcall(cjson.decode, text)
  if ok and type(known) == 'table' and tonumber(known.epoch) and tonumber(known.epoch) >= tonumber(ARGV[1]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[2])
return 1
`);

/** The plan under one key; a channel tells of a new one, and a poll finds what the channel lost. */
export async function openRedisPlans(url: string, options: OpenOptions = {}): Promise<Plans> {
  return new RedisPlans(url, options, await openCommands('plans', url, options));
}

class RedisPlans implements Plans {
  readonly #url: string;
  readonly #options: OpenOptions;
  readonly #commands: RedisCommands;
  readonly #watchers = new Set<{ stop(): Promise<void> }>();

  constructor(url: string, options: OpenOptions, commands: RedisCommands) {
    this.#url = url;
    this.#options = options;
    this.#commands = commands;
  }

  isUp(): boolean {
    return this.#commands.isUp();
  }

  async announce(plan: Plan): Promise<void> {
    const args = [`${plan.epoch}`, JSON.stringify(plan), this.#key()];
    await this.#commands.call('announce plan', (pipe) => runScript(pipe, announceScript, this.#key(), args));
  }

  async current(): Promise<Plan | null> {
    return readPlan(await this.#commands.call('read plan', (pipe) => pipe.send(text, 'GET', this.#key())));
  }

  async watch(onPlan: (plan: Plan) => void): Promise<Subscription> {
    this.#commands.assertOpen();
    let epoch = -1;
    const offer = (plan: Plan | null): void => {
      if (plan === null || plan.epoch <= epoch) return;
      epoch = plan.epoch;
      tell('plans', onPlan, plan, this.#options.onProblem);
    };
    const reader = this.#subscribe(offer);
    const poll = new AbortController();
    // Then a plan announced from now on is heard by its notice; without the channel, by the poll.
    await firstReady(reader, subscribeMs);
    const look = async (): Promise<void> => offer(await this.current().catch(() => null));
    await look();
    const polling = this.#poll(look, poll.signal);
    const watcher = {
      stop: async (): Promise<void> => {
        this.#watchers.delete(watcher);
        poll.abort();
        silence(reader);
        reader.disconnect();
        await polling;
      },
    };
    this.#watchers.add(watcher);
    return watcher;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watchers].map((watcher) => watcher.stop()));
    this.#commands.close();
  }

  /** ioredis subscribes again by itself once it was subscribed; the poll covers the time before and between. */
  #subscribe(offer: (plan: Plan | null) => void): Redis {
    const reader = connectReader(this.#url);
    reportOutages(reader, 'plans', this.#options);
    reader.on('ready', () => void reader.subscribe(this.#key()).catch(() => {}));
    reader.on('message', (_channel: string, text: string) => offer(readPlan(text)));
    return reader;
  }

  async #poll(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await systemClock.sleep(pollMs, signal);
      if (!signal.aborted) await look();
    }
  }

  #key(): string {
    return `${this.#commands.namespace}:plan`;
  }
}

/** A plan that is not understood (a later release's, say) is no plan: readers keep the one they have. */
function readPlan(text: string | null): Plan | null {
  if (text === null) return null;
  try {
    return planSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
