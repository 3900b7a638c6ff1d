/** Values in groups of which each has a small integer as its name; about 16 bytes a group. */
export class GroupEffect {
  #count = new Int32Array(256);
  #sum = new Float64Array(256);
  #squares = 0;

  add(group: number, value: number): void {
    if (group >= this.#count.length) this.#grow(group + 1);
    this.#count[group] += 1;
    this.#sum[group] += value;
    this.#squares += value * value;
  }

  /**
   * ε² (Kelley 1935): the share of the variance between groups, freed of what chance alone would give: about 0 for values dealt at random. Null
   * below `rowsMin` values, and where all are equal.
   */
  effect(rowsMin: number): number | null {
    let rows = 0;
    let total = 0;
    let groups = 0;
    let between = 0;
    for (const [group, count] of this.#count.entries()) {
      if (count === 0) continue;
      groups += 1;
      rows += count;
      total += this.#sum[group];
      between += this.#sum[group] ** 2 / count;
    }
    if (rows < rowsMin || rows <= groups) return null;
    const mean = total ** 2 / rows;
    const all = this.#squares - mean;
    if (all <= 1e-9 * Math.max(1, this.#squares)) return null;
    const within = (this.#squares - between) / (rows - groups);
    return Math.max(0, (between - mean - (groups - 1) * within) / all);
  }

  #grow(least: number): void {
    const size = Math.max(least, this.#count.length * 2);
    const [count, sum] = [new Int32Array(size), new Float64Array(size)];
    count.set(this.#count);
    sum.set(this.#sum);
    this.#count = count;
    this.#sum = sum;
  }
}
