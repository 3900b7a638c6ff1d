import { NativeError } from './native-error.ts';
import { endProcesses, killProcesses } from './process/end-processes.ts';
import { isFree } from './process/kept-ports.ts';
import { isAlive, signal } from './process/process-identity.ts';
import type { ProcessIdentity } from './process/process-identity.ts';
import { removeRecord, writeRecord } from './process/process-record.ts';
import { tellingLines, startProcess } from './process/start-process.ts';
import { waitUntil } from './process/wait-until.ts';
import type { NativeServerName } from './server-name.ts';
import type { ServerPlace, ServerRecipe } from './servers/server-recipe.ts';

/** A real server of our own. Its url and folder stay the same over stop, kill and start. */
export interface NativeServer {
  readonly name: NativeServerName;
  readonly url: string;
  /** Number of the server's process; 0 while it does not run. */
  readonly pid: number;
  /** Asks it to end, kills it after 20 s, and is done when nothing of it is left. Without effect on a stopped one. */
  stop(): Promise<void>;
  /** As a crash: SIGKILL, done when it has gone. */
  kill(): Promise<void>;
  /** Holds it (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Starts it again on the same ports and data. Without effect on a running one. */
  start(): Promise<void>;
}

const readyWithinMs = 60_000;

/**
 * Either nothing of the server runs (`processes` is empty) or all its processes were started. Calls take turns; a stop or
 * kill that comes while it starts ends that start, which then fails.
 */
export class TrackedServer implements NativeServer {
  readonly name: NativeServerName;
  readonly url: string;
  private readonly recipe: ServerRecipe;
  private readonly place: ServerPlace;
  private processes: ProcessIdentity[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  private starting = new AbortController();

  constructor(recipe: ServerRecipe, place: ServerPlace) {
    this.name = recipe.name;
    this.url = recipe.url(place);
    this.recipe = recipe;
    this.place = place;
  }

  get pid(): number {
    return this.running()?.pid ?? 0;
  }

  start(): Promise<void> {
    return this.inTurn(() => this.startNow());
  }

  stop(): Promise<void> {
    this.starting.abort(this.notStarted('was stopped while it started', this.name));
    return this.inTurn(async () => {
      await endProcesses(this.place.folder, this.processes);
      this.forget();
    });
  }

  kill(): Promise<void> {
    this.starting.abort(this.notStarted('was stopped while it started', this.name));
    return this.inTurn(async () => {
      await killProcesses(this.place.folder, this.processes);
      this.forget();
    });
  }

  pause(): void {
    const server = this.running();
    if (server !== undefined) signal(server, 'SIGSTOP');
  }

  resume(): void {
    const server = this.running();
    if (server !== undefined) signal(server, 'SIGCONT');
  }

  private async startNow(): Promise<void> {
    if (this.running() !== undefined) return;
    this.starting = new AbortController();
    // A server that ended by itself may have left helpers, which would hold its ports.
    await killProcesses(this.place.folder, this.processes);
    try {
      await this.requirePorts();
      await this.startProcesses();
      await this.waitUntilReady();
    } catch (error) {
      await killProcesses(this.place.folder, this.processes);
      this.forget();
      throw error;
    }
  }

  private async startProcesses(): Promise<void> {
    this.processes = [];
    for (const spec of this.recipe.processes(this.place)) {
      this.starting.signal.throwIfAborted();
      const started = await startProcess(this.place.folder, spec);
      if (started === undefined) throw this.notStarted('ended at once', spec.role);
      this.processes.push(started);
      writeRecord(this.place.folder, this.processes);
    }
  }

  private async waitUntilReady(): Promise<void> {
    const ended = () => !this.processes.every(isAlive);
    const settled = async () => ended() || (await this.recipe.isReady(this.place));
    const answered = await waitUntil(settled, readyWithinMs, this.starting.signal);
    if (ended()) throw this.notStarted('ended while it started', this.name);
    if (!answered) throw this.notStarted(`did not answer within ${readyWithinMs / 1_000} s`, this.name);
  }

  private notStarted(what: string, role: string): NativeError {
    const { folder } = this.place;
    const cure = `Look into ${folder}/${role}.log.`;
    return new NativeError(
      'SERVER_NOT_STARTED',
      `${this.name} ${what}; its log says:\n${tellingLines(folder, role)}\n`,
      cure,
    );
  }

  private async requirePorts(): Promise<void> {
    for (const port of Object.values(this.place.ports)) {
      if (await isFree(port)) continue;
      const cure = 'Stop that program, or begin again with other ports.';
      throw new NativeError('PORT_TAKEN', `Port ${port} of ${this.name} is taken by another program.`, cure);
    }
  }

  /** The process that clients talk to, the last one started. */
  private running(): ProcessIdentity | undefined {
    const server = this.processes.at(-1);
    return server !== undefined && isAlive(server) ? server : undefined;
  }

  private forget(): void {
    this.processes = [];
    removeRecord(this.place.folder);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.turn.then(work, work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}
