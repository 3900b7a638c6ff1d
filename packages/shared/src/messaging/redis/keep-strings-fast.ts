/** A function of V8 gets the memory in which it learns after about a thousand bytes of its code. */
const rounds = 1_000;

/**
 * To be called once ioredis is loaded. It declares a subclass of `String`, upon which V8 keeps `String.prototype` as a hash table: from then on each
 * `charCodeAt`, `slice` or `startsWith` in the process is a search in it, also where the code is optimised, and reading a text by its characters takes
 * five times as long (a tenth of the gateway's work). V8 turns prototypes back when it learns how an object reads from one; a plain text is no object,
 * so one wrapped as an object has to.
 */
export function keepStringsFast(): void {
  const text: { charCodeAt: unknown } = Object('');
  let found = 0;
  for (let round = 0; round < rounds; round++) if (text.charCodeAt !== undefined) found++;
  if (found !== rounds) throw new Error('a text has lost its methods');
}
