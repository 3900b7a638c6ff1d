import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationReport } from './evaluation-report.ts';
import { reportPage } from './report-page.ts';

/** Writes `report.json` and `report.html` into a folder, which is made. Returns the page. */
export async function writeReport(folder: string, report: EvaluationReport): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  const page = join(folder, 'report.html');
  await writeFile(page, reportPage(report));
  return page;
}
