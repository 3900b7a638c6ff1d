import { loadConfig } from '@reelay/shared/runtime';
import { createPopulation, measureTruth, simulatorConfig, truthReport, type HistoryOptions } from '@reelay/simulator';
import type { Command } from 'commander';

export function addTruthCommand(program: Command): void {
  program
    .command('truth')
    .description('what the simulated population would make of the best possible lists, of popular and of random ones')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay truth')
    .action(({ json }: { json?: boolean }) => {
      const config = loadConfig(simulatorConfig, process.env);
      const population = createPopulation({ seed: config.SIM_SEED, preset: config.SIM_PRESET });
      const history: HistoryOptions = {
        lines: config.SIM_HISTORY_LINES,
        dirt: config.SIM_DIRT,
        ratingMax: config.RATING_MAX,
      };
      if (!json) console.error('Asking everybody …');
      console.log(json ? JSON.stringify(measureTruth(population, history)) : truthReport(population, history));
    });
}
