import {
  similarMax,
  type Answer,
  type Enquiry,
  type EstimateResponse,
  type SimilarResponse,
  type Told,
  type VectorResponse,
} from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import { v7 as uuidv7 } from 'uuid';
import { routeFor, type Route } from './choose-track.ts';
import type { PlanFollower } from './follow-plan.ts';
import type { WorkerPath } from './worker-path.ts';

export interface EnquiryDeps {
  workers: Pick<WorkerPath, 'reach' | 'ask'>;
  follower: Pick<PlanFollower, 'plan'>;
}

/** A worker may have to read files of the version first. There is no fallback for what only a model can say. */
const enquiryMs = 2_000;
const similarUsual = 20;

/**
 * What workers say of items and users, besides lists. All throw `NOT_RUNNING` or `QUEUE_DOWN` where no worker can say it now, and `NOT_FOUND`
 * for an item that the version does not know.
 */
export interface Enquiries {
  /** The items most like one, by the stable version. `query`: `n`, how many. Throws `REQUEST_INVALID` for another query. */
  similar(itemId: string, query: string): Promise<SimilarResponse>;
  vector(userId: number): Promise<VectorResponse>;
  estimate(userId: number, itemId: string): Promise<EstimateResponse>;
}

export function createEnquiries(deps: EnquiryDeps): Enquiries {
  return {
    async similar(itemId, query) {
      const enquiry: Enquiry = { kind: 'similar', itemId, count: countOf(query) };
      const { modelVersion, items, told } = await enquire(enquiry, null, deps);
      return { itemId, modelVersion, by: saidOf(told, 'similar').by, items };
    },
    async vector(userId) {
      const { modelVersion, history, told } = await enquire({ kind: 'vector' }, userId, deps);
      return { userId, modelVersion, history, vector: saidOf(told, 'vector').vector };
    },
    async estimate(userId, itemId) {
      const { modelVersion, history, told } = await enquire({ kind: 'estimate', itemId }, userId, deps);
      return { userId, itemId, modelVersion, history, rating: saidOf(told, 'estimate').rating };
    },
  };
}

function countOf(query: string): number {
  const parameters = new URLSearchParams(query);
  const text = parameters.get('n') ?? String(similarUsual);
  const isCount = /^[1-9]\d{0,2}$/.test(text) && Number(text) <= similarMax;
  if (!isCount || [...parameters.keys()].some((name) => name !== 'n'))
    throw new AppError('REQUEST_INVALID', `the parameter is n, a whole number from 1 to ${similarMax}`);
  return Number(text);
}

/** Sent where the user's lists are made; what is of no user goes to the stable version. */
async function enquire(enquiry: Enquiry, userId: number | null, { workers, follower }: EnquiryDeps): Promise<Answer> {
  const wanted = userId === null ? stableRoute(follower) : routeFor(userId, follower.plan);
  if (wanted === null) throw new AppError('NOT_RUNNING', 'there is no model yet');
  const { route } = workers.reach(wanted);
  if (typeof route === 'string') throw nobodyCan(route);
  const question = { requestId: uuidv7(), userId: userId ?? 0, route, historyVersion: null, count: 1, enquiry };
  const asked = await workers.ask({ ...question, timeLeftMs: enquiryMs });
  if (typeof asked === 'string') throw nobodyCan(asked);
  if (asked.problem !== undefined) throw nobodyCan(asked.problem);
  return asked;
}

function stableRoute({ plan: { stable } }: Pick<PlanFollower, 'plan'>): Route | null {
  return stable === null ? null : { track: 'stable', version: stable };
}

const nobodyCan = (reason: string): AppError =>
  reason === 'QUEUE_DOWN'
    ? new AppError('QUEUE_DOWN', 'the queue to the workers is away')
    : new AppError('NOT_RUNNING', `no worker can say it now: ${reason}`);

function saidOf<K extends Told['kind']>(told: Told | undefined, kind: K): Extract<Told, { kind: K }> {
  if (told?.kind === 'unknown-item') throw new AppError('NOT_FOUND', 'no item of this id in the model');
  if (told?.kind === 'no-ratings') throw new AppError('NOT_FOUND', 'the model was trained on no ratings');
  if (told?.kind !== kind) throw nobodyCan('its worker is of an earlier release');
  return told as Extract<Told, { kind: K }>;
}
