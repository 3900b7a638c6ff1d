import type { UserHistory } from '@reelay/shared/contracts';
import { createManualClock } from '@reelay/shared/testing';
import { createModel, type RecommendationRequest } from '@reelay/recommender';
import { expect, test } from 'vitest';
import type { LoadedModel } from './load-model.ts';
import { jobsPerTurn, scoreJobs, type ScorableJob, type ScoredJob } from './score-jobs.ts';
import { arraysOf, probedModel } from './testing/probed-model.ts';
import { aJob } from './testing/world.ts';

/** A model whose list is the user's group, which `groupOf` makes the user id. `fails`: users that it cannot answer. */
function modelOf(version: string, fails: number[] = []) {
  const batches: number[] = [];
  const recommendBatch = (requests: readonly RecommendationRequest[]) => {
    batches.push(requests.length);
    const bad = requests.find(({ group }) => fails.includes(group));
    if (bad) throw new Error(`user ${bad.group} cannot be scored`);
    return requests.map(({ group }) => [{ index: 0, score: group, source: 'factors' as const }]);
  };
  const explained = { factorsOf: () => new Float32Array(1), contributions: () => [] };
  const asked = { recommendBatch, recommend: () => [], vectorOf: () => new Float32Array(1) };
  const model = { items: 1, kernelBuild: '', ...asked, ...explained };
  const catalogue = [{ itemId: 1, id: 'movie', year: null, genres: [] }];
  const loaded: LoadedModel = { version, model, catalogue, indexOf: () => undefined, groupOf: (userId) => userId };
  return { loaded, batches };
}

const jobOf = (userId: number, loaded: LoadedModel): ScorableJob => {
  const history: UserHistory = { userId, state: 'cold', version: 0, entries: [] };
  return { job: { ...aJob, userId, requestId: `r${userId}`, modelVersion: loaded.version }, loaded, history };
};
const jobsOf = (count: number, loaded: LoadedModel) => Array.from({ length: count }, (_, at) => jobOf(at, loaded));

const clock = createManualClock();
async function outcomesOf(
  jobs: ScorableJob[],
  isWanted: () => boolean = () => true,
  onTurn: (turn: number) => void = () => {},
) {
  const all = new Map<ScorableJob, ScoredJob>();
  let turn = 0;
  await scoreJobs(jobs, {
    clock,
    isWanted,
    tell(outcomes) {
      onTurn(turn++);
      for (const [job, outcome] of outcomes) all.set(job, outcome);
    },
  });
  return all;
}

const scoreOf = (outcome: ScoredJob | undefined) =>
  outcome && 'answer' in outcome ? outcome.answer.items[0].score : undefined;

test('the jobs of a version are scored together, each answer to its own job', async () => {
  const [one, two] = [modelOf('1-aaaaaa'), modelOf('2-bbbbbb')];
  const jobs = [jobOf(7, one.loaded), jobOf(8, two.loaded), jobOf(9, one.loaded)];
  const outcomes = await outcomesOf(jobs);
  expect([one.batches, two.batches]).toEqual([[2], [1]]);
  expect(jobs.map((job) => scoreOf(outcomes.get(job)))).toEqual([7, 8, 9]);
});

test('of a batch with bad jobs these alone fail, and they are found by halving', async () => {
  const { loaded, batches } = modelOf('1-aaaaaa', [13, 14]);
  const jobs = jobsOf(64, loaded);
  const outcomes = await outcomesOf(jobs);
  const failed = jobs.filter((job) => 'failure' in (outcomes.get(job) ?? {}));
  expect(failed.map(({ job }) => job.userId)).toEqual([13, 14]);
  expect(outcomes.get(jobs[13])).toEqual({ failure: 'user 13 cannot be scored' });
  expect(jobs.filter((job) => scoreOf(outcomes.get(job)) === job.job.userId).length).toBe(62);
  expect(batches.length).toBeLessThan(25);
});

test('more jobs than fit a turn let others run in between', async () => {
  const { loaded, batches } = modelOf('1-aaaaaa');
  const order: string[] = [];
  await outcomesOf(
    jobsOf(2 * jobsPerTurn + 1, loaded),
    () => true,
    (turn) => {
      order.push(`turn ${turn}`);
      setImmediate(() => order.push(`others after ${turn}`));
    },
  );
  expect(batches).toEqual([jobsPerTurn, jobsPerTurn, 1]);
  expect(order.slice(0, 4)).toEqual(['turn 0', 'others after 0', 'turn 1', 'others after 1']);
});

test('a job whose time runs out while others are scored is left out', async () => {
  const { loaded } = modelOf('1-aaaaaa');
  const jobs = jobsOf(jobsPerTurn + 5, loaded);
  let late = false;
  const outcomes = await outcomesOf(
    jobs,
    () => !late,
    () => (late = true),
  );
  expect(outcomes.size).toBe(jobsPerTurn);
});

test('places are drawn in plain lists alone, by a seed of the request', async () => {
  const tiny = probedModel({ version: '1-aaaaaa', items: 400 });
  const { catalogue } = tiny;
  const model = createModel(arraysOf(tiny));
  const loaded: LoadedModel = { version: '1-aaaaaa', model, catalogue, indexOf: () => undefined, groupOf: () => 0 };
  const rules = { offset: 0, exclude: [], genres: [], includeSeen: false, reasons: false };
  const jobs = [jobOf(1, loaded), jobOf(2, loaded), jobOf(3, loaded)];
  jobs[1].job = { ...jobs[1].job, rules };
  const listsOf = async (explorationShare: number) => {
    const lists: string[] = [];
    const tell = (outcomes: Map<ScorableJob, ScoredJob>) =>
      outcomes.forEach((outcome) =>
        lists.push('answer' in outcome ? outcome.answer.items.map(({ id }) => id).join() : ''),
      );
    await scoreJobs(jobs, { clock, explorationShare, isWanted: () => true, tell });
    return lists;
  };
  const [plain, drawn] = [await listsOf(0), await listsOf(0.5)];
  expect(new Set(plain).size).toBe(1);
  expect(drawn[1]).toBe(plain[1]);
  expect(new Set(drawn).size).toBe(3);
  expect(await listsOf(0.5)).toEqual(drawn);
});
