import { isMovieId } from '@reelay/shared/contracts';

/**
 * Does a line keep to the written rules of the course's log? Slow and plain on purpose: it decides which damaged lines a
 * reader can know to be damaged, so it must be right at sight. It splits and compares, one rule after the other, and
 * shares nothing with any reader of the log.
 */
export function keepsTheRules(line: string, ratingMax: number): boolean {
  const firstComma = line.indexOf(',');
  const secondComma = line.indexOf(',', firstComma + 1);
  if (firstComma < 0 || secondComma < 0) return false;
  const time = line.slice(0, firstComma);
  const user = line.slice(firstComma + 1, secondComma);
  const text = line.slice(secondComma + 1);
  return isTime(time) && isWhole(user, 1, 1_000_000) && isText(text, ratingMax);
}

/** `2025-03-16T04:39`, with `:08` and then `.067`, `.067535` or `.067535902` where given; a day that exists. */
function isTime(time: string): boolean {
  const [date, clock, ...more] = time.split('T');
  if (clock === undefined || more.length > 0) return false;
  const [year, month, day, ...moreDate] = date.split('-');
  const [hour, minute, seconds = '00', ...moreClock] = clock.split(':');
  if (moreDate.length > 0 || moreClock.length > 0) return false;
  const [second, fraction = '000', ...moreSeconds] = seconds.split('.');
  if (moreSeconds.length > 0 || ![3, 6, 9].includes(fraction.length)) return false;
  const fields = [month, day, hour, minute, second];
  if (year.length !== 4 || fields.some((field) => field === undefined || field.length !== 2)) return false;
  if (![year, ...fields, fraction].every(isDigits)) return false;
  return isOnTheCalendar(Number(year), fields.map(Number));
}

function isOnTheCalendar(year: number, [month, day, hour, minute, second]: number[]): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (month < 1 || month > 12 || day < 1 || day > days[month - 1]) return false;
  return hour <= 23 && minute <= 59 && second <= 59;
}

function isText(text: string, ratingMax: number): boolean {
  if (text.startsWith('GET /data/m/')) return isWatch(text.slice('GET /data/m/'.length));
  if (text.startsWith('GET /rate/')) return isRate(text.slice('GET /rate/'.length), ratingMax);
  if (text.startsWith('recommendation request ')) return isRequest(text.slice('recommendation request '.length));
  return text === 'GET /create_account';
}

/** `<movie>/<minute>.mpg`. */
function isWatch(text: string): boolean {
  const [movie, file, ...more] = text.split('/');
  if (file === undefined || more.length > 0 || !file.endsWith('.mpg')) return false;
  return isMovieId(movie) && isWhole(file.slice(0, -'.mpg'.length), 0, 2_000);
}

/** `<movie>=<rating>`. */
function isRate(text: string, ratingMax: number): boolean {
  const [movie, rating, ...more] = text.split('=');
  return rating !== undefined && more.length === 0 && isMovieId(movie) && isWhole(rating, 1, ratingMax);
}

/** `<server>, status <n>, result: <list or error>, <N> ms`; the error is free text. */
function isRequest(text: string): boolean {
  const [server, status, ...rest] = text.split(', ');
  const latency = rest.pop();
  if (latency === undefined || rest.length === 0 || !rest[0].startsWith('result: ')) return false;
  if (server === '' || server.includes(' ') || server.includes(',')) return false;
  if (!latency.endsWith(' ms') || !isWhole(latency.slice(0, -' ms'.length), 0, Number.MAX_SAFE_INTEGER)) return false;
  const result = [rest[0].slice('result: '.length), ...rest.slice(1)];
  if (status === 'status 200') return result.length <= 20 && result.every(isMovieId);
  return status === 'status 0' && result.join(', ') !== '';
}

const isDigits = (text: string): boolean =>
  text !== '' && [...text].every((character) => '0123456789'.includes(character));

/** Zeros in front break no rule: `007` is 7. */
const isWhole = (text: string, low: number, high: number): boolean =>
  isDigits(text) && Number(text) >= low && Number(text) <= high;
