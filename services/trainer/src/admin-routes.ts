import type { AdminRoute } from '@reelay/shared/observability';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { z } from 'zod';
import type { Trainer } from './service.ts';

const trainRequest = z.strictObject({ wait: z.boolean().default(true), acceptData: z.boolean().default(false) });

/**
 * `POST /admin/train` trains and answers with the version and its figures; with `{"wait": false}` it answers at once and the end is told by
 * `GET /admin/train`, which gives the state. `{"acceptData": true}` trains on data that failed its checks. `DELETE /admin/train` cancels.
 */
export function trainerRoutes(trainer: Trainer): Record<string, AdminRoute> {
  return {
    'GET /admin/train': () => trainer.state(),
    'POST /admin/train': async (body) => {
      const { wait, acceptData } = readRequest(body);
      const training = trainer.train({ acceptData });
      if (wait) return training;
      // A refusal (busy, stopped) is settled by now; what comes later is kept in the state.
      await Promise.race([training, new Promise<void>((resume) => void setImmediate(resume))]);
      training.catch(() => {});
      return trainer.state();
    },
    'DELETE /admin/train': async () => {
      await trainer.cancel();
      return trainer.state();
    },
  };
}

function readRequest(body: unknown): z.infer<typeof trainRequest> {
  const parsed = trainRequest.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw new AppError('REQUEST_INVALID', messageOf(parsed.error), { cause: parsed.error });
}
