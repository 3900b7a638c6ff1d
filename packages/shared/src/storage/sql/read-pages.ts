/** Pages until one is empty. `next` reads the page after the row `last`, or the first one. */
export async function* readPages<Row>(next: (last: Row | undefined) => Promise<Row[]>): AsyncGenerator<Row[]> {
  for (let last: Row | undefined; ;) {
    const rows = await next(last);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1);
  }
}
