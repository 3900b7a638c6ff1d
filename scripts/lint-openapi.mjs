// Lints the OpenAPI document that the gateway serves, or the file given. Ends with the linter's code; needs no network.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './toolchain.mjs';

const folder = mkdtempSync(join(tmpdir(), 'reelay-openapi-'));
try {
  const file = process.argv[2] ?? printDocument();
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/redocly'),
    ['lint', '--config', join(root, 'redocly.yaml'), '--format', 'stylish', file],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 120_000,
      // Said here as well as in its settings: a linter has nothing to tell anybody.
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** An empty or unreadable document is a failure of its own. */
function printDocument() {
  const file = join(folder, 'openapi.json');
  const printed = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'services/gateway/src/openapi/print-document.ts')],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 16 * 1024 ** 2 },
  );
  if (printed.status !== 0 || printed.stdout.length < 1_000) throw new Error('the OpenAPI document cannot be made');
  writeFileSync(file, printed.stdout);
  return file;
}
