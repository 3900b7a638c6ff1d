import type { Ports } from '../process/kept-ports.ts';
import type { ProcessSpec } from '../process/start-process.ts';
import type { NativeServerName } from '../server-name.ts';

/** Where one server lives: an absolute folder of its own, without symbolic links, and its ports on 127.0.0.1. */
export interface ServerPlace {
  readonly folder: string;
  readonly ports: Ports;
}

/** How one kind of server is prepared, started, asked and reached. */
export interface ServerRecipe {
  readonly name: NativeServerName;
  /** Ports beside `main`. */
  readonly otherPorts: readonly string[];
  /** Writes the configuration, and the data folder at the first start; safe to repeat, also after a crash. */
  prepare(place: ServerPlace): Promise<void>;
  /** In the order of their start; the last one is the server, those before serve it. */
  processes(place: ServerPlace): readonly ProcessSpec[];
  isReady(place: ServerPlace): Promise<boolean>;
  url(place: ServerPlace): string;
}
