import { join } from 'node:path';
import type { RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openBatchQueue,
  openEventLog,
  openHistories,
  openPlans,
  openWorkQueue,
  type Answers,
  type BatchQueue,
  type EventLog,
  type Histories,
  type Plans,
  type WorkQueue,
} from '@reelay/shared/messaging';
import { openArtifactStore, openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import type { WorldAddresses } from './world-addresses.ts';

export interface Ports {
  queue: WorkQueue<RecommendJob>;
  batches: BatchQueue;
  answers: Answers;
  histories: Histories;
  plans: Plans;
  eventLog: EventLog;
  ledger: Ledger;
  artifacts: ArtifactStore;
}

/** Registers what is to be closed, and hands it on. */
export type OwnPort = <T extends { close(): Promise<void> }>(opening: Promise<T>) => Promise<T>;

/** The ports by URL; the artifacts are in `folder` in both worlds. */
export async function openPorts(addresses: WorldAddresses, folder: string, own: OwnPort): Promise<Ports> {
  const { namespace, queueUrl, redisUrl } = addresses;
  return {
    queue: await own(openWorkQueue<RecommendJob>(queueUrl, { namespace })),
    batches: await own(openBatchQueue(queueUrl, { namespace })),
    answers: await own(openAnswers(redisUrl, { namespace })),
    histories: await own(openHistories(redisUrl, { namespace })),
    plans: await own(openPlans(redisUrl, { namespace })),
    artifacts: await own(openArtifactStore(`file:${join(folder, 'artifacts')}`)),
    ...(await openOwnConnections(addresses, namespace, own)),
  };
}

/** Writing and reading connections are separate, as they are between threads and processes. */
export const openOwnConnections = async (
  { namespace, eventLogUrl, ledgerUrl }: WorldAddresses,
  group: string,
  own: OwnPort,
): Promise<Pick<Ports, 'eventLog' | 'ledger'>> => ({
  eventLog: await own(openEventLog(eventLogUrl, { namespace, group })),
  ledger: await own(openLedger(ledgerUrl)),
});
