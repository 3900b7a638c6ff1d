/** For tests: commits windows of ten ratings and ten segments until it is killed; prints a dot after each. */
import { aRating, aSegment, aWindow, noCsv } from '../../testing/index.ts';
import { openLedger } from '../open.ts';

const ledger = await openLedger(process.argv[2]);
await ledger.claim('movielog1', 0);
for (let window = 0; ; window++) {
  const [progress] = await ledger.progress();
  const places = Array.from({ length: 10 }, (_, place) => place);
  const ratings = places.map((place) => aRating({ userId: window + 1, itemId: place + 1 }));
  const segments = places.map((place) =>
    aSegment({ userId: window + 1, firstOffset: progress.nextOffset + place * 5 }),
  );
  await ledger.commitWindow(aWindow(progress, { ratings, segments }), noCsv);
  process.stdout.write('.');
}
