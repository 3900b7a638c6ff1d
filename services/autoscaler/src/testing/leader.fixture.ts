// Leads in the folder of its first argument until it is ended.
import { createLeadership } from '../lead-alone.ts';

const leadership = createLeadership(process.argv[2]);
process.stdout.write(leadership.lead() ? 'leads\n' : 'does not lead\n');
setInterval(() => {}, 1_000);
