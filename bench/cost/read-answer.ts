const listLength = 20;
const comma = 44;

/** Whether these bytes are a whole HTTP answer, and whether it is a 200 with a list of 20 ids in plain text; null when more must come. */
export function answerLength(bytes: Buffer): { isList: boolean } | null {
  const head = bytes.indexOf('\r\n\r\n');
  if (head === -1) return null;
  const told = bytes.toString('latin1', 0, head);
  const length = Number(/content-length: (\d+)/i.exec(told)?.[1] ?? Number.NaN);
  if (bytes.length < head + 4 + length) return null;
  let commas = 0;
  for (let at = head + 4; at < bytes.length; at++) if (bytes[at] === comma) commas++;
  return { isList: told.startsWith('HTTP/1.1 200') && commas === listLength - 1 };
}
