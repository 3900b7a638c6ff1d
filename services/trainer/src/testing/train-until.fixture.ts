/** For tests: trains until a step is so far, says so, and stands still there until it is killed. */
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger } from '@reelay/shared/storage';
import { trainerConfig } from '../config.ts';
import { createTrainer } from '../service.ts';

const [environment, step, done] = process.argv.slice(2);
const config = trainerConfig.parse(JSON.parse(environment));
const ledger = await openLedger(config.LEDGER_URL);
const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
const { log } = createMemoryLogger();
const trainer = createTrainer({ config, ledger, artifacts, log, registry: createRegistry(), clock: systemClock });
await trainer.start();
await trainer.train({
  onProgress(progress) {
    if (progress.step !== step || progress.done < Number(done)) return;
    process.stdout.write('there');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
