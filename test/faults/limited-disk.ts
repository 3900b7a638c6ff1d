import { execFile } from 'node:child_process';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How the disk of a folder is made full, and given room again. */
export interface DiskFault {
  readonly way: 'a small file system' | 'a bound on the size of files';
  /** Whether the log of the process finds no room either. */
  readonly hitsLog: boolean;
  fill(pid: number): Promise<void>;
  free(pid: number): Promise<void>;
}

export interface LimitedFolder {
  readonly folder: string;
  /** What the process that writes there must be started with. */
  readonly environment: Record<string, string>;
  /** A tmpfs needs root to be mounted; a bound on the files of one process (RLIMIT_FSIZE) needs nobody, so there always is a way. */
  readonly faults: DiskFault[];
  close(): Promise<void>;
}

export async function openLimitedFolder(folder: string, mib = 16): Promise<LimitedFolder> {
  await mkdir(folder, { recursive: true });
  const mounting = ['-t', 'tmpfs', '-o', `size=${mib}m`, 'reelay-test', folder];
  const mounted = await run('mount', mounting).then(
    () => true,
    () => false,
  );
  if (!mounted) console.log('no file system can be mounted here: a full disk by a bound on the size of files alone');
  return {
    folder,
    environment: { NODE_OPTIONS: heedless },
    faults: [...(mounted ? [fullFileSystem(folder)] : []), boundFiles(folder)],
    close: async () => void (mounted && (await run('umount', ['-l', folder]))),
  };
}

function fullFileSystem(folder: string): DiskFault {
  const filler = join(folder, 'filler');
  return {
    way: 'a small file system',
    hitsLog: false,
    fill: () => writeUntilFull(filler),
    free: () => rm(filler, { force: true }),
  };
}

async function writeUntilFull(path: string): Promise<void> {
  const handle = await open(path, 'a');
  try {
    for (const size of [65_536, 4_096, 256, 1]) {
      for (const some = Buffer.alloc(size); await fits(handle.write(some)););
    }
  } finally {
    await handle.close();
  }
}

const fits = (writing: Promise<unknown>): Promise<boolean> =>
  writing.then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOSPC') return false;
      throw error;
    },
  );

/** Without a handler the signal that comes with the refusal would end the process, and there would be no refusal to see. */
const heedless = `--import=data:text/javascript,${encodeURIComponent("process.on('SIGXFSZ',()=>{})")}`;

function boundFiles(folder: string): DiskFault {
  const bound = (pid: number, bytes: number | 'unlimited') =>
    run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).then(() => {});
  return {
    way: 'a bound on the size of files',
    hitsLog: true,
    fill: async (pid) => bound(pid, Math.max(1, await smallestFile(folder))),
    free: (pid) => bound(pid, 'unlimited'),
  };
}

/** No file may grow beyond what the smallest of them is, so none of them can. */
async function smallestFile(folder: string): Promise<number> {
  const sizes: number[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sizes.push((await stat(join(entry.parentPath, entry.name))).size);
  }
  return Math.min(...sizes);
}
