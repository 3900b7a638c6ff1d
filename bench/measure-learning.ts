import type { PlatformUnderTest } from './platform-under-test.ts';
import { row, type Row } from './print-table.ts';

interface TrainingState {
  state: string;
  last: { seconds?: number } | null;
}

/** The first start as a whole, and training again on the same data, with the event-loop delay of the gateway meanwhile. */
export async function measureLearning(platform: PlatformUnderTest, rounds: number): Promise<Row[]> {
  const seconds: number[] = [];
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await platform.loopDelayP99Ms(); // reading it begins a new window
    seconds.push(await trainOnce(platform));
    delays.push(await platform.loopDelayP99Ms());
  }
  return [
    row('first start: history, ingest, model, release', 's', [platform.firstStartSeconds]),
    row('training', 's', seconds),
    row('event-loop delay of the gateway while training, p99', 'ms', delays),
  ];
}

async function trainOnce({ admin }: PlatformUnderTest): Promise<number> {
  const route = new URL('/admin/train', admin.trainer);
  const headers = { 'content-type': 'application/json' };
  await fetch(route, { method: 'POST', headers, body: JSON.stringify({ wait: false }) });
  for (;;) {
    const state = (await (await fetch(route)).json()) as TrainingState;
    if (state.state !== 'training') return state.last?.seconds ?? Number.NaN;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
