export interface IntervalMark {
  label: string;
  value: number;
  low: number;
  high: number;
  /** Place of its colour. */
  series: number;
}

export interface IntervalChart {
  title: string;
  /** Names of the colours. */
  series: readonly string[];
  marks: readonly IntervalMark[];
}

/** Told apart by the most common kinds of colour blindness (Okabe and Ito, "Color Universal Design", 2008). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const [width, left, right, top, rowHeight] = [760, 230, 60, 52, 17];

/** A row a mark: a dot at its value and a line over its interval. An SVG that needs nothing else. */
export function intervalChart({ title, series, marks }: IntervalChart): string {
  const height = top + marks.length * rowHeight + 34;
  const low = Math.min(...marks.map((mark) => mark.low));
  const high = Math.max(...marks.map((mark) => mark.high));
  const span = high - low || Math.abs(high) || 1;
  const x = (value: number): number => left + ((value - low) / span) * (width - left - right);
  const ticks = Array.from({ length: 5 }, (_, at) => low + (span * at) / 4);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 18, title, 'start', 14),
    ...series.map((name, at) => legend(name, at)),
    ...ticks.map((tick) => `<line x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${top - 8}" y2="${height - 26}" stroke="#e2e2e2"/>`),
    ...ticks.map((tick) => text(x(tick), height - 12, tick.toFixed(3), 'middle')),
    ...marks.flatMap((mark, row) => drawMark(mark, top + row * rowHeight, x)),
    '</svg>',
  ].join('\n'); // prettier-ignore
}

function drawMark(
  { label, value, low, high, series }: IntervalMark,
  y: number,
  x: (value: number) => number,
): string[] {
  const colour = colours[series % colours.length];
  return [
    text(left - 8, y + 4, label, 'end'),
    `<line x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
    `<circle cx="${x(value).toFixed(1)}" cy="${y}" r="4" fill="${colour}"/>`,
    text(width - right + 8, y + 4, value.toFixed(3), 'start'),
  ];
}

function legend(name: string, at: number): string {
  const from = left + at * 130;
  return `<circle cx="${from + 5}" cy="34" r="4" fill="${colours[at % colours.length]}"/>${text(from + 15, 38, name, 'start')}`;
}

const text = (x: number, y: number, content: string, anchor: string, size = 11): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}">${escapeText(content)}</text>`;

/** For text and attributes of HTML and SVG. */
export const escapeText = (content: string): string =>
  content.replace(/[<>&"]/g, (one) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[one] ?? '&quot;');
