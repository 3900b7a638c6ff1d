import { parseArgs } from 'node:util';
import { measureIngestPeak } from './measure-ingest-peak/measure-rounds.ts';
import { printTable } from './print-table.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';

const help = `node scripts/with-node.mjs bench/measure-ingest-peak.ts [--lines 2000000] [--rows 10000000] [--rounds 5]
  [--only mariadb,sqlite,receipts] [--node-option --cpu-prof] [--json]

Starts servers of its own in a temporary folder and measures, interleaved, how fast lines that stand in the log are stored:
  mariadb   Kafka → ingestor process → CSV + MariaDB with --rows segments in the table; beside it the bare consumer of kafkajs and one
            insert per line
  sqlite    embedded log → ingestor process → CSV + SQLite
  receipts  CPU of RabbitMQ for a receipt, in batches of 200, confirmed
Every round counts what is stored: a line that is missing or doubled ends the bench.

Example: node scripts/with-node.mjs bench/measure-ingest-peak.ts --only mariadb --rounds 1 --rows 1000000`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
    lines: { type: 'string', default: '2000000' },
    rows: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'mariadb,sqlite,receipts' },
    'node-option': { type: 'string', multiple: true, default: [] },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const rows = await measureIngestPeak({
  lines: Number(values.lines),
  filledRows: Number(values.rows),
  rounds: Number(values.rounds),
  parts: values.only.split(','),
  nodeOptions: values['node-option'],
});
const machine = describeMachine({ lines: values.lines, rowsBefore: values.rows, rounds: values.rounds });
if (values.json) console.log(JSON.stringify({ machine, rows }, null, 2));
else printTable(machine, rows);
process.exit(0);
