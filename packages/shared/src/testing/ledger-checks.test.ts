import { expect, test } from 'vitest';
import { openLedger, type Ledger } from '../storage/index.ts';
import { ledgerChecks } from './ledger-checks.ts';

type Promised = keyof typeof ledgerChecks;
type Fault = (ledger: Ledger) => Partial<Ledger>;

/** Ledgers that break a promise, and which checks must tell. */
const faults: { fault: string; plant: Fault; red: Promised[] }[] = [
  {
    fault: 'a commit that ignores the fence',
    plant: (ledger) => ({
      async commitWindow(window, appendCsv) {
        const [{ ownerEpoch, incarnation, nextOffset: expectedOffset }] = await ledger.progress();
        const nextOffset = expectedOffset + window.received;
        return ledger.commitWindow({ ...window, ownerEpoch, incarnation, expectedOffset, nextOffset }, appendCsv);
      },
    }),
    red: [
      'an owner that was followed by another one writes nothing',
      'a window that does not start at the stored position is not written',
    ],
  },
  {
    fault: 'a lost rating',
    plant: (ledger) => ({
      commitWindow: (window, appendCsv) =>
        ledger.commitWindow(
          {
            ...window,
            received: window.received - Math.min(1, window.rows.ratings.length),
            rows: { ...window.rows, ratings: window.rows.ratings.slice(1) },
          },
          appendCsv,
        ),
    }),
    red: [
      'a window of every kind of row is stored as it was given',
      'a window that does not start at the stored position is not written',
      'a log published again adds no rating, no other line and no minute',
    ],
  },
  {
    fault: 'repeated ratings that count again',
    plant: (ledger) => {
      let shift = 0;
      return {
        commitWindow: (window, appendCsv) => {
          const ratings = window.rows.ratings.map((rating) => ({ ...rating, time: rating.time + shift }));
          shift += 1_000;
          return ledger.commitWindow({ ...window, rows: { ...window.rows, ratings } }, appendCsv);
        },
      };
    },
    red: ['a log published again adds no rating, no other line and no minute'],
  },
  {
    fault: 'minutes summed instead of united',
    plant: (ledger) => ({
      interactions: async (onPage) => {
        const { watches } = await ledger.counts();
        await ledger.interactions((rows) => onPage(rows.map((row) => ({ ...row, minutes: watches }))));
      },
    }),
    red: ['a log published again adds no rating, no other line and no minute'],
  },
  {
    fault: 'rows in another order',
    plant: (ledger) => ({
      allRows: (onRows) => ledger.allRows((rows) => onRows({ ...rows, segments: rows.segments.toReversed() })),
    }),
    red: ['a window of every kind of row is stored as it was given'],
  },
  {
    fault: 'a re-drive that says nothing when it is repeated',
    plant: (ledger) => ({
      async redrive(given, appendCsv) {
        const result = await ledger.redrive(given, appendCsv);
        const counts = { received: 2, accepted: 2, repeated: 0, quarantined: 0 };
        return result.outcome === 'fenced' ? { outcome: 'committed', counts } : result;
      },
    }),
    red: ['quarantine that is re-driven becomes rows once'],
  },
  {
    fault: 'a re-drive that leaves a line where it is',
    plant: (ledger) => ({
      redrive: (given, appendCsv) =>
        ledger.redrive({ ...given, offsets: given.offsets.slice(1), rows: { ...given.rows, accounts: [] } }, appendCsv),
    }),
    red: ['quarantine that is re-driven becomes rows once'],
  },
  {
    fault: 'viewings that count lines as minutes',
    plant: (ledger) => ({
      viewings: (onPage) => ledger.viewings((rows) => onPage(rows.map((row) => ({ ...row, minutes: row.lines })))),
    }),
    red: ['a viewing counts distinct minutes and every line'],
  },
  {
    fault: 'a slice that is finished without comparing',
    plant: (ledger) => {
      const written: { sliceNo: number; body: Uint8Array }[] = [];
      return {
        async completeSlice({ jobId, sliceNo, body, ...outcome }) {
          await ledger.completeSlice({ jobId, sliceNo, body, ...outcome });
          written.push({ sliceNo, body });
          return true;
        },
        sliceResults: async () => written,
      };
    },
    red: ['a slice that is finished twice is finished once'],
  },
  {
    fault: 'a plan that changes without comparing',
    plant: (ledger) => ({
      async changePlan(_, next) {
        const { epoch } = await ledger.plan();
        return ledger.changePlan(epoch, { ...next, epoch: epoch + 1 });
      },
    }),
    red: ['of two writers that change the plan from one epoch, one wins'],
  },
];

const runChecks = async (plant: Fault): Promise<Promised[]> => {
  const red: Promised[] = [];
  for (const promise of Object.keys(ledgerChecks) as Promised[]) {
    const ledger = await openLedger('sqlite::memory:');
    await ledgerChecks[promise]({ ...ledger, ...plant(ledger) }).catch(() => red.push(promise));
    await ledger.close();
  }
  return red;
};

test('a ledger without a fault passes every check', async () => {
  expect(await runChecks(() => ({}))).toEqual([]);
});

test.each(faults)('$fault is told', async ({ plant, red }) => {
  expect(await runChecks(plant)).toEqual(red);
});
