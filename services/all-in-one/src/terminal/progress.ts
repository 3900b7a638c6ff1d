/** A line that tells how far a long step is: rewritten in place on a terminal, one line every few seconds otherwise. */
export interface Progress {
  update(done: number, of?: number): void;
  end(): void;
}

const barWidth = 24;
const plainEveryMs = 5_000;
const terminalEveryMs = 100;

/** Writes to standard error, so that standard output stays for the result. Says nothing for steps under 0.5 s. */
export function createProgress(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  const started = Date.now();
  let lastAt = started + 500 - plainEveryMs;
  let shown = false;
  return {
    update(done, of) {
      const now = Date.now();
      if (now - started < 500 || now - lastAt < (stream.isTTY ? terminalEveryMs : plainEveryMs)) return;
      lastAt = now;
      shown = true;
      stream.write(stream.isTTY ? `\r\x1b[K${describe(label, done, of)}` : `${describe(label, done, of)}\n`);
    },
    end() {
      if (shown && stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}

function describe(label: string, done: number, of?: number): string {
  const count = done.toLocaleString('en');
  if (of === undefined || of === 0) return `${label} ${count}`;
  const filled = Math.round(barWidth * Math.min(1, done / of));
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${count} of ${of.toLocaleString('en')}`;
}
