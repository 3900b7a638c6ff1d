/** One line of a plot: points of x and y, in the order of x. */
export interface Series {
  name: string;
  points: [x: number, y: number][];
}

export interface Plot {
  title: string;
  x: string;
  y: string;
  series: Series[];
}

const [width, height, left, right, top, bottom] = [640, 360, 70, 150, 40, 50];
const colours = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#8c564b'];
const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** A plot as SVG text: both axes logarithmic, so that what is linear is a straight line and what is flat a level one. */
export function drawPlot({ title, x, y, series }: Plot): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0 || points.some(([a, b]) => !(a > 0 && b > 0))) throw new Error(`nothing to draw: ${title}`);
  const [across, down] = [
    scale(
      points.map(([a]) => a),
      left,
      width - right,
    ),
    scale(
      points.map(([, b]) => b),
      height - bottom,
      top,
    ),
  ];
  const ticks = [...new Set(points.map(([a]) => a))].map((a) =>
    label(across(a), height - bottom + 18, number(a), 'middle'),
  );
  const [low, high] = [Math.min(...points.map(([, b]) => b)), Math.max(...points.map(([, b]) => b))];
  const levels = [low, Math.sqrt(low * high), high].map((b) => label(left - 8, down(b) + 4, number(b), 'end'));
  const lines = series.map(({ name, points: own }, at) => {
    const colour = colours[at % colours.length];
    const path = own.map(([a, b]) => `${across(a).toFixed(1)},${down(b).toFixed(1)}`);
    const dots = path.map(
      (place) => `<circle cx="${place.split(',')[0]}" cy="${place.split(',')[1]}" r="3" fill="${colour}"/>`,
    );
    const key = label(width - right + 12, top + 14 + 18 * at, name, 'start', colour);
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${key}`;
  });
  const axes = `<path d="M${left} ${top}V${height - bottom}H${width - right}" fill="none" stroke="#444"/>`;
  const names = [
    label(left, 22, title, 'start', '#000', 15),
    label((left + width - right) / 2, height - 10, x, 'middle'),
    label(left - 60, top - 6, y, 'start'),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif"><rect width="100%" height="100%" fill="#fff"/>${axes}${[...ticks, ...levels, ...names, ...lines].join('\n')}</svg>\n`;
}

/** Places on a logarithmic axis; a single value lies in the middle. */
function scale(values: number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (value) =>
    high - low < 1e-9 ? (from + to) / 2 : from + ((Math.log(value) - low) / (high - low)) * (to - from);
}

const label = (x: number, y: number, text: string, anchor: string, colour = '#444', size = 12): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}" font-size="${size}">${escaped(text)}</text>`;
