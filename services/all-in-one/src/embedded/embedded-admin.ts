import type { createGateway } from '@reelay/gateway';
import { createAdminServer, type AdminRoute, type AdminServer, type Registry } from '@reelay/shared/observability';
import { createService } from '@reelay/shared/runtime';
import type { ThreadService } from './start-thread.ts';

interface EmbeddedAdminOptions {
  port: number;
  gateway: ReturnType<typeof createGateway>;
  registry: Registry;
  threads: ThreadService[];
}

/** One admin server for all services of the process: their metrics in one text, their control routes side by side. */
export function createEmbeddedAdmin({ port, gateway, registry, threads }: EmbeddedAdminOptions): AdminServer {
  let server: AdminServer | undefined;
  const service = createService('admin', async (own) => {
    server = createAdminServer({
      port,
      host: '127.0.0.1',
      metrics: async () =>
        [await registry.metrics(), ...(await Promise.all(threads.map(({ control }) => control.metrics())))].join('\n'),
      ready: () => readiness(gateway, threads),
      routes: await routesOf(threads),
    });
    const opened = server;
    own(() => opened.stop());
    await opened.start();
  });
  return {
    ...service,
    get port() {
      return server?.port ?? 0;
    },
  };
}

async function routesOf(threads: ThreadService[]): Promise<Record<string, AdminRoute>> {
  const routes: Record<string, AdminRoute> = {};
  for (const { control } of threads) {
    for (const route of await control.routes())
      routes[route] = (body, query) => control.call(route, body, { ...query });
  }
  return routes;
}

async function readiness(gateway: EmbeddedAdminOptions['gateway'], threads: ThreadService[]) {
  const states = await Promise.all(threads.map(({ control }) => control.ready()));
  const parts = Object.assign(
    { gateway: gateway.port > 0 ? 'up' : 'down' },
    ...states.map((state) => state.parts),
  ) as Record<string, string>;
  return { ready: gateway.port > 0 && states.every((state) => state.ready), parts };
}
