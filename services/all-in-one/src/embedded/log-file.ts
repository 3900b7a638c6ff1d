import { pino } from 'pino';

/** Bytes that wait for a slow disk; beyond it lines are dropped. */
const bufferBytesMax = 4 * 1024 * 1024;

/**
 * An asynchronous, bounded log file that is appended to; the folder is made when it is not there. A disk without room costs lines, not
 * the platform.
 */
export const openLogFile = (file: string) =>
  pino
    .destination({ dest: file, append: true, mkdir: true, sync: false, maxLength: bufferBytesMax })
    .on('error', () => {});
