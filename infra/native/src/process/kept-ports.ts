import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { NativeError } from '../native-error.ts';

/** Ports of a server by role; `main` is the one that clients use. */
export type Ports = Readonly<Record<string, number>> & { readonly main: number };

// Below 32768, where Linux takes the ports of outgoing connections from: one of those could sit on ours at a restart.
const lowestPort = 20_000;
const highestPort = 32_000;
/** Servers that start side by side must not choose the same port while neither listens yet. */
const givenHere = new Set<number>();

/**
 * The ports of the server in this folder: those of the last start where they are free, else new ones, kept in a file.
 * Throws PORT_TAKEN when `wanted` is not free.
 */
export async function keptPorts(folder: string, roles: readonly string[], wanted?: number): Promise<Ports> {
  if (wanted !== undefined && !(await isFree(wanted))) {
    throw new NativeError(
      'PORT_TAKEN',
      `Port ${wanted} is taken by another program.`,
      'Ask for another port, or for none.',
    );
  }
  const before = readPorts(folder);
  const ports: Record<string, number> = {};
  for (const role of roles) ports[role] = await keep(before[role]);
  const all = { ...ports, main: wanted ?? (await keep(before['main'])) };
  for (const port of Object.values(all)) givenHere.add(port);
  writeFileSync(join(folder, 'ports.json'), JSON.stringify(all));
  return all;
}

/** Whether nobody listens on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

const keep = async (before: number | undefined): Promise<number> =>
  before !== undefined && (await isFree(before)) ? before : freePort();

/** A port of 127.0.0.1 that nobody listens on and that this process has not given away before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort));
    if (givenHere.has(port) || !(await isFree(port))) continue;
    givenHere.add(port);
    return port;
  }
  throw new NativeError('PORT_TAKEN', `No port from ${lowestPort} to ${highestPort} is free.`, 'Stop other programs.');
}

function readPorts(folder: string): Partial<Record<string, number>> {
  try {
    const ports: unknown = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'));
    if (typeof ports !== 'object' || ports === null) return {};
    return Object.fromEntries(Object.entries(ports).filter(([, port]) => isPort(port)));
  } catch {
    return {};
  }
}

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
