import { ask, askForJson, askForText, idsOf } from './ask-for-list.ts';
import { historiesIn } from './read-plainly.ts';
import type { World } from './world.ts';

/** Each user's answer in the contract's text form and as JSON; returns what is wrong with them. */
export async function checkAnswers(
  world: World,
  version: string,
  userIds: readonly number[],
  soundLines: readonly string[],
): Promise<string[]> {
  const known = new Set((await world.ledger.items()).map(({ movie }) => movie.id));
  const histories = historiesIn(soundLines);
  const problems: string[] = [];
  for (const userId of userIds) {
    const seen = histories.get(userId) ?? new Map<string, unknown>();
    const found = [
      ...(await checkText(world, userId, known, seen)),
      ...(await checkJson(world, userId, version, seen.size)),
    ];
    problems.push(...found.map((problem) => `user ${userId}: ${problem}`));
  }
  return problems;
}

/** Status 200, `text/plain`, one line of 1 to 20 different ids, all known, none that the user has seen. */
async function checkText(
  world: World,
  userId: number,
  known: ReadonlySet<string>,
  seen: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const { status, type, body } = await askForText(world, userId);
  const ids = body.split(',');
  return [
    ...(status === 200 ? [] : [`status ${status}`]),
    ...(type.startsWith('text/plain') ? [] : [`content type ${type}`]),
    ...(/[\s"]/.test(body) ? ['white space or quotes in the list'] : []),
    ...(ids.length >= 1 && ids.length <= 20 ? [] : [`${ids.length} ids`]),
    ...(new Set(ids).size === ids.length ? [] : ['an id twice']),
    ...ids.filter((id) => !known.has(id)).map((id) => `unknown id ${id}`),
    ...ids.filter((id) => seen.has(id)).map((id) => `seen before: ${id}`),
  ];
}

/** The same list, made by the released model (now or a moment ago) from the whole history. */
async function checkJson(world: World, userId: number, version: string, moviesSeen: number): Promise<string[]> {
  const answer = await askForJson(world, userId);
  const text = await askForText(world, userId);
  return [
    ...(answer.outcome === 'fallback' ? [`a fallback (${answer.rung})`] : []),
    ...(answer.modelVersion === version ? [] : [`version ${answer.modelVersion}, not ${version}`]),
    ...(answer.history?.items === moviesSeen ? [] : [`from ${answer.history?.items} movies, not ${moviesSeen}`]),
    ...(text.body === idsOf(answer).join(',') ? [] : ['text and JSON are different lists']),
  ];
}

const fiveThousandDigits = '9'.repeat(5_000);
const refused = ['0', '-1', 'abc', '1e3', String(2 ** 53), '%2e%2e', fiveThousandDigits, ''];
const accepted = ['007', '2000000'];

/** Ids that are none are refused with a code, odd ones that are some are answered. */
export async function checkOddIds(world: World): Promise<string[]> {
  const problems: string[] = [];
  for (const id of refused) {
    const { status, body } = await ask(world, `/recommend/${id}`);
    if (status !== 400 || !/^\{"error":\{"code":"[A-Z_]+"/.test(body)) {
      problems.push(`"${id.slice(0, 20)}": ${status} ${body.slice(0, 80)}`);
    }
  }
  for (const id of accepted) {
    const { status } = await ask(world, `/recommend/${id}`);
    if (status !== 200) problems.push(`"${id}": ${status}`);
  }
  return problems;
}
