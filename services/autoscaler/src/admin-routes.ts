import type { AdminRoute } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import { z } from 'zod';
import { pools } from './pools.ts';
import type { Autoscaler } from './service.ts';

const body = z
  .object({
    pool: z.enum(pools).default('single'),
    min: z.number().int().min(0).max(1_000),
    max: z.number().int().min(0).max(1_000),
  })
  .strict()
  .refine(({ min, max }) => min <= max, 'min is above max');

/** `GET /admin/workers`: wanted and living workers; `POST /admin/workers`: new bounds of a pool, equal ones for a fixed number. */
export function autoscalerRoutes(autoscaler: Pick<Autoscaler, 'view' | 'bound'>): Record<string, AdminRoute> {
  return {
    'GET /admin/workers': () => autoscaler.view(),
    'POST /admin/workers': (content) => {
      const parsed = body.safeParse(content);
      if (!parsed.success) throw new AppError('REQUEST_INVALID', parsed.error.issues[0]?.message ?? 'unknown form');
      autoscaler.bound(parsed.data.pool, { least: parsed.data.min, most: parsed.data.max });
      return autoscaler.view();
    },
  };
}
