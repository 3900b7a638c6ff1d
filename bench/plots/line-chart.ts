/** One line of a chart; `points` are [x, y]. */
export interface Series {
  name: string;
  points: readonly (readonly [number, number])[];
  /** Goes from value to value in steps rather than slopes: numbers of workers, rates that were set. */
  stepped?: boolean;
  /** Values of this series are read at the right-hand axis. */
  right?: boolean;
}

export interface ChartOptions {
  title: string;
  xLabel: string;
  yLabel: string;
  rightLabel?: string;
  /** Both axes in powers of ten. */
  logarithmic?: boolean;
}

const [width, height] = [760, 360];
const edge = { left: 64, right: 64, top: 44, bottom: 64 };
/** Told apart by the most common kinds of colour blindness (Okabe and Ito, "Color Universal Design", 2008). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

type Scale = (value: number) => number;

/** A line chart as an SVG file that needs nothing else. */
export function lineChart(series: readonly Series[], options: ChartOptions): string {
  const x = scaleOf(
    series.flatMap(({ points }) => points.map(([at]) => at)),
    [edge.left, width - edge.right],
    options,
  );
  const axisOf = (right: boolean) =>
    axis(
      series.filter((one) => (one.right ?? false) === right).flatMap(({ points }) => points.map(([, value]) => value)),
      options,
    );
  const [left, right] = [axisOf(false), axisOf(true)];
  const lines = series.map((one, index) =>
    line(one, x.scale, (one.right ? right : left).scale, colours[index % colours.length]),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(width / 2, 20, options.title, 'middle', 14),
    ...x.ticks.map((tick) => text(x.scale(tick), height - edge.bottom + 16, label(tick), 'middle')),
    ...left.ticks.flatMap((tick) => [
      grid(left.scale(tick)),
      text(edge.left - 6, left.scale(tick) + 4, label(tick), 'end'),
    ]),
    ...(options.rightLabel
      ? right.ticks.map((tick) => text(width - edge.right + 6, right.scale(tick) + 4, label(tick), 'start'))
      : []),
    text(width / 2, height - edge.bottom + 32, options.xLabel, 'middle'),
    text(edge.left, edge.top - 10, options.yLabel, 'start'),
    ...(options.rightLabel ? [text(width - edge.right, edge.top - 10, options.rightLabel, 'end')] : []),
    ...lines,
    ...series.map((one, index) => legend(one.name, index)),
    '</svg>',
    '',
  ].join('\n');
}

interface Axis {
  scale: Scale;
  ticks: number[];
}

const axis = (values: number[], options: ChartOptions): Axis =>
  scaleOf(options.logarithmic ? values : [0, ...values], [height - edge.bottom, edge.top], options);

function scaleOf(values: number[], [from, to]: [number, number], { logarithmic }: ChartOptions): Axis {
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const turn = (value: number): number => (logarithmic ? Math.log10(Math.max(value, 1e-9)) : value);
  const ticks = logarithmic ? powers(least, most) : steps(least, most);
  const [low, high] = [turn(Math.min(least, ticks[0])), turn(Math.max(most, ticks.at(-1) ?? most))];
  const span = high - low || 1;
  return { scale: (value) => from + ((turn(value) - low) / span) * (to - from), ticks };
}

/** About five round values from the least to the most. */
function steps(least: number, most: number): number[] {
  const rough = (most - least || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(least / step) * step;
  return Array.from({ length: Math.floor((most - first) / step + 1e-9) + 1 }, (_, at) => first + at * step);
}

function powers(least: number, most: number): number[] {
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
}

function line({ points, stepped }: Series, x: Scale, y: Scale, colour: string): string {
  const at = ([px, py]: readonly [number, number]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`;
  const path = points.flatMap((point, index) =>
    stepped && index > 0 ? [at([point[0], points[index - 1][1]]), at(point)] : [at(point)],
  );
  return `<polyline fill="none" stroke="${colour}" stroke-width="1.6" points="${path.join(' ')}"/>`;
}

function legend(name: string, index: number): string {
  const left = edge.left + index * 165;
  const y = height - 14;
  const stroke = `<line x1="${left}" y1="${y - 4}" x2="${left + 18}" y2="${y - 4}" stroke="${colours[index % colours.length]}" stroke-width="3"/>`;
  return stroke + text(left + 23, y, name, 'start');
}

const grid = (y: number): string =>
  `<line x1="${edge.left}" y1="${y.toFixed(1)}" x2="${width - edge.right}" y2="${y.toFixed(1)}" stroke="#dddddd"/>`;

const text = (x: number, y: number, content: string, anchor: string, size = 12): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}">${content.replace(/[<&]/g, (one) => (one === '<' ? '&lt;' : '&amp;'))}</text>`;

const label = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
